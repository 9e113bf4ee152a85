import { messageOf } from "#lib/errors.ts";
import { createStatePool, type StatePool } from "#store/postgres/client.ts";
import { perProcess } from "./per-process.ts";
import { settings } from "./settings.ts";
import { webLog } from "./web-log.ts";

/** The process's connections to what people configure. */
export function stateStore(): StatePool {
  return perProcess("state-store", () =>
    createStatePool(settings().DATABASE_URL, {
      application: "sagascope-web",
      lost: (error) => webLog().warn({ err: messageOf(error) }, "Lost a connection to PostgreSQL"),
    }),
  );
}
