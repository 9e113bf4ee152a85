import { collectDefaultMetrics, Registry } from "prom-client";
import { createHttpApp } from "#services-demo/chassis/http-app.ts";
import { createLogger } from "#services-demo/chassis/log.ts";
import { settingsOrExit } from "#services-demo/chassis/settings.ts";
import { onStopSignal, startOrExit } from "#services-demo/chassis/stop-signal.ts";
import { startTelemetry } from "#services-demo/chassis/telemetry.ts";
import { addProxy } from "./proxy.ts";
import { gatewaySettings } from "./settings.ts";

startOrExit("gateway", async () => {
  const settings = settingsOrExit(gatewaySettings);
  const telemetry = startTelemetry("gateway", settings);
  const log = createLogger("gateway", settings.LOG_LEVEL);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const app = createHttpApp({
    log,
    registry,
    notReady: () => undefined,
    bodyLimitBytes: settings.GATEWAY_BODY_LIMIT_BYTES,
  });
  await addProxy(app, settings, log);
  onStopSignal(log, async () => {
    await app.close();
    await telemetry.stop(1500);
  });
  await app.listen({ host: settings.HOST, port: settings.PORT });
  log.info({ address: app.server.address(), routes: Object.fromEntries(settings.GATEWAY_ROUTES) }, "gateway listens");
});
