import { alertsSettings } from "#contracts/settings.ts";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import { startHealthServer } from "#lib/health-server.ts";
import { createLogger } from "#lib/log.ts";
import { parseSettings } from "#lib/settings.ts";
import { createStoreClient } from "#store/clickhouse/client.ts";
import { createStatePool } from "#store/postgres/client.ts";
import { startAlerting } from "./alerting.ts";
import { createMetrics } from "./metrics.ts";

const stopWithinMs = 4_500;

try {
  const settings = parseSettings(alertsSettings, process.env);
  const log = createLogger("alerts", settings.LOG_LEVEL);
  const metrics = createMetrics();
  const store = createStoreClient(settings.CLICKHOUSE_URL, { application: "sagascope-alerts", timeoutMs: 10_000 });
  const pool = createStatePool(settings.DATABASE_URL, {
    application: "sagascope-alerts",
    lost: (error) => log.warn({ err: messageOf(error) }, "Lost a connection to PostgreSQL"),
  });
  const alerting = startAlerting({
    pool,
    store,
    publicUrl: settings.PUBLIC_URL,
    token: settings.SAGASCOPE_TOKEN,
    allowPrivate: settings.WEBHOOK_ALLOW_PRIVATE,
    metrics,
    log,
  });
  const { registry } = metrics;
  const notReady = () => alerting.notReady();
  const health = await startHealthServer({ host: settings.HOST, port: settings.PORT }, { registry, notReady });
  log.info({ port: health.port }, "Listening");
  const stop = () => {
    log.info("Stopping");
    setTimeout(() => process.exit(0), stopWithinMs).unref();
    Promise.all([alerting.stop(), health.close()])
      .then(() => Promise.all([pool.end(), store.close()]))
      .catch((error: unknown) => log.error({ err: messageOf(error) }, "Stopping went wrong"))
      .finally(() => process.exit(0));
  };
  process.once("SIGTERM", stop).once("SIGINT", stop);
} catch (error) {
  process.stderr.write(`alerts cannot start: ${error instanceof SagascopeError ? error.message : messageOf(error)}\n`);
  process.exit(1);
}
