import { ingestSettings } from "#contracts/settings.ts";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import { startHealthServer } from "#lib/health-server.ts";
import { createKafka } from "#lib/kafka.ts";
import { createLogger } from "#lib/log.ts";
import { parseSettings } from "#lib/settings.ts";
import { createStoreClient } from "#store/clickhouse/client.ts";
import { startIngest } from "./ingest.ts";
import { createMetrics } from "./metrics.ts";
import { Readiness } from "./readiness.ts";
import { startTracing } from "./tracing.ts";

const stopWithinMs = 4_500;

try {
  const settings = parseSettings(ingestSettings, process.env);
  const log = createLogger("ingest", settings.LOG_LEVEL);
  const metrics = createMetrics();
  const tracing = startTracing(settings.OTEL_EXPORTER_OTLP_ENDPOINT, { spansTopic: settings.OTLP_SPANS_TOPIC });
  const topics = {
    [settings.SAGA_EVENTS_TOPIC]: "saga events",
    [settings.OTLP_SPANS_TOPIC]: "traces",
    [settings.OTLP_LOGS_TOPIC]: "logs",
    [settings.OTLP_METRICS_TOPIC]: "metrics",
  } as const;
  const readiness = new Readiness(Object.keys(topics));
  const health = await startHealthServer(
    { host: settings.HOST, port: settings.PORT },
    { registry: metrics.registry, notReady: () => readiness.notReady() },
  );
  const client = createStoreClient(settings.CLICKHOUSE_URL, { application: "sagascope-ingest", timeoutMs: 120_000 });
  const end = (code: number) => process.exit(code);
  const ingest = startIngest(createKafka(settings, { clientId: "sagascope-ingest", log }), {
    topics,
    group: settings.INGEST_GROUP,
    client,
    metrics,
    readiness,
    log,
    halted: (error) => {
      log.fatal({ err: error }, messageOf(error));
      end(1);
    },
  });
  log.info({ port: health.port }, "Listening");
  const stop = () => {
    log.info("Stopping");
    setTimeout(() => end(0), stopWithinMs).unref();
    Promise.all([ingest.stop(), health.close()])
      .then(() => Promise.all([client.close(), tracing.stop(1_000)]))
      .catch((error: unknown) => log.error({ err: error }, "Stopping went wrong"))
      .finally(() => end(0));
  };
  process.once("SIGTERM", stop).once("SIGINT", stop);
} catch (error) {
  if (!(error instanceof SagascopeError)) throw error;
  process.stderr.write(`ingest cannot start: ${error.message}\n`);
  process.exitCode = 1;
}
