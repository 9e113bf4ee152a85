import { createStoreClient, type StoreClient } from "#store/clickhouse/client.ts";
import { perProcess } from "./per-process.ts";
import { settings } from "./settings.ts";

/** The process's client of the event store. */
export function store(): StoreClient {
  return perProcess("store", () =>
    createStoreClient(settings().CLICKHOUSE_URL, { application: "sagascope-web", timeoutMs: 15_000 }),
  );
}
