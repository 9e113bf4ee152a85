import { collectorSettings } from "#contracts/settings.ts";
import { messageOf } from "#lib/errors.ts";
import { createKafka } from "#lib/kafka.ts";
import { createLogger } from "#lib/log.ts";
import { parseSettings } from "#lib/settings.ts";
import { startForwarder } from "./forwarder.ts";
import { createCollector } from "./server.ts";

const stopWithinMs = 4_500;

try {
  const settings = parseSettings(collectorSettings, process.env);
  const log = createLogger("collector", settings.LOG_LEVEL);
  const forwarder = startForwarder(createKafka(settings, { clientId: "sagascope-collector", log }), log);
  const server = createCollector({
    forwarder,
    topics: {
      traces: settings.OTLP_SPANS_TOPIC,
      logs: settings.OTLP_LOGS_TOPIC,
      metrics: settings.OTLP_METRICS_TOPIC,
    },
    log,
  });
  await new Promise<void>((resolve, reject) =>
    server.once("error", reject).listen(settings.PORT, settings.HOST, resolve),
  );
  log.info({ address: server.address() }, "Listening");
  const stop = () => {
    log.info("Stopping");
    setTimeout(() => process.exit(0), stopWithinMs).unref();
    server.close(() => {
      forwarder
        .stop()
        .catch((error: unknown) => log.error({ err: error }, "Stopping went wrong"))
        .finally(() => process.exit(0));
    });
    server.closeIdleConnections();
  };
  process.once("SIGTERM", stop).once("SIGINT", stop);
} catch (error) {
  process.stderr.write(`collector cannot start: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
