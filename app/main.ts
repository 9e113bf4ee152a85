import next from "next";
import { webSettings } from "#contracts/settings.ts";
import { messageOf } from "#lib/errors.ts";
import { parseSettings } from "#lib/settings.ts";
import { webLog } from "./server/web-log.ts";
import { createWebServer } from "./server/web-server.ts";

/** Whoever is not answered by then is cut off: sooner than the launcher kills a part that does not end. */
const stopWithinMs = 2_500;

/** `node app/main.ts [folder]`: serves the dashboard that was built there, by default here. */
try {
  const { HOST: hostname, PORT: port } = parseSettings(webSettings, process.env);
  // Node itself reads next.config.ts, as by --experimental-next-config-strip-types: the image holds no compiler.
  process.env.__NEXT_NODE_NATIVE_TS_LOADER_ENABLED = "true";
  const app = next({ dir: process.argv[2] ?? ".", hostname, port });
  await app.prepare();
  const server = createWebServer(app.getRequestHandler());
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, hostname, resolve));
  webLog().info({ address: server.address() }, "Listening");
  const stop = () => {
    webLog().info("Stopping");
    // Streams end by the same signal (see server/live.ts); but a page's comes back on the connection that it had.
    setInterval(() => server.closeIdleConnections(), 50);
    setTimeout(() => server.closeAllConnections(), stopWithinMs);
    server.close(() => app.close().finally(() => process.exit(0)));
  };
  process.once("SIGTERM", stop).once("SIGINT", stop);
} catch (error) {
  process.stderr.write(`the dashboard cannot start: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
