import next from "next";
import { webSettings } from "#contracts/settings.ts";
import { messageOf } from "#lib/errors.ts";
import { parseSettings } from "#lib/settings.ts";
import config from "#next.config.ts";
import { webLog } from "./server/web-log.ts";
import { createWebServer } from "./server/web-server.ts";

/** `node app/main.ts [folder]`: serves the dashboard that was built there, by default here. */
try {
  const { HOST: hostname, PORT: port } = parseSettings(webSettings, process.env);
  // Given, its configuration needs no compiler to be read.
  const app = next({ dir: process.argv[2] ?? ".", conf: config, hostname, port });
  await app.prepare();
  const server = createWebServer(app.getRequestHandler());
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, hostname, resolve));
  webLog().info({ address: server.address() }, "Listening");
  const stop = () => {
    webLog().info("Stopping");
    // Streams end by the same signal: see server/live.ts.
    server.close(() => app.close().finally(() => process.exit(0)));
  };
  process.once("SIGTERM", stop).once("SIGINT", stop);
} catch (error) {
  process.stderr.write(`the dashboard cannot start: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
