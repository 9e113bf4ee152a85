import { setFlagsFromString } from "node:v8";
import { ingestSettings } from "#contracts/settings.ts";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import { startHealthServer } from "#lib/health-server.ts";
import { createKafka } from "#lib/kafka.ts";
import { createLogger } from "#lib/log.ts";
import { parseSettings } from "#lib/settings.ts";
import { createStoreClient } from "#store/clickhouse/client.ts";
import { commandSettings } from "#store/command-settings.ts";
import { runDeadLetters } from "./dead-letters/run.ts";
import { dryRun } from "./dry-run/dry-run.ts";
import { type DryRunFlags, parseFlags, usage } from "./dry-run/flags.ts";
import { startIngest } from "./ingest.ts";
import { mappedNames } from "./mapping/mapped-readings.ts";
import { readMapping } from "./mapping/read-mapping.ts";
import { createMetrics } from "./metrics.ts";
import { migrateOnStart } from "./migrate-on-start.ts";
import { ownTopics } from "./own-topics.ts";
import { Readiness } from "./readiness.ts";
import { startTracing } from "./tracing.ts";

const stopWithinMs = 4_500;

/**
 * V8 collects garbage once a heap, and what lies outside it, have grown by a good third. The heap is 26 MB of program here, which it would
 * look through for each 12 MB of messages, and find nothing: those give their memory back themselves, once they are stored.
 */
const heapGrowingPercent = 200;

if (process.argv[2] === "dead-letters") process.exit(await runDeadLetters(process.argv.slice(3), process.env));

try {
  const flags = parseFlags(process.argv.slice(2));
  if (flags.kind === "help") process.stdout.write(`${usage}\n`);
  else await (flags.kind === "dry run" ? tryOut(flags) : work());
} catch (error) {
  if (!(error instanceof SagascopeError)) throw error;
  process.stderr.write(`ingest cannot start: ${error.message}\n`);
  process.exitCode = 1;
}

/** Reads topics into the store until it is told to stop. */
async function work(): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${heapGrowingPercent}`);
  const settings = parseSettings(ingestSettings, process.env);
  const topics = ownTopics(settings);
  const mapping = await readMapping(settings.SAGASCOPE_MAPPING);
  const log = createLogger("ingest", settings.LOG_LEVEL);
  const prepareStore = migrateOnStart(settings, log);
  const metrics = createMetrics();
  const tracing = startTracing(settings.OTEL_EXPORTER_OTLP_ENDPOINT, { spansTopic: settings.OTLP_SPANS_TOPIC });
  const readiness = new Readiness([...Object.keys(topics), ...mappedNames(mapping, settings.OTLP_SPANS_TOPIC)]);
  const health = await startHealthServer(
    { host: settings.HOST, port: settings.PORT },
    { registry: metrics.registry, notReady: () => readiness.notReady(Date.now()) },
  );
  const client = createStoreClient(settings.CLICKHOUSE_URL, {
    application: "sagascope-ingest",
    timeoutMs: 120_000,
  });
  const end = (code: number) => process.exit(code);
  const ingest = startIngest(createKafka(settings, { clientId: "sagascope-ingest", log }), {
    topics,
    mapping,
    group: settings.INGEST_GROUP,
    sessionTimeoutMs: settings.INGEST_SESSION_TIMEOUT_MS,
    unreadableMs: settings.INGEST_UNREADABLE_MS,
    client,
    prepareStore,
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
}

async function tryOut(flags: DryRunFlags): Promise<void> {
  // Nothing is stored, so where the store is does not matter.
  const readSettings = ingestSettings.omit({ CLICKHOUSE_URL: true, DATABASE_URL: true });
  const settings = commandSettings(readSettings, process.env);
  const log = createLogger("ingest", process.env.LOG_LEVEL ? settings.LOG_LEVEL : "silent");
  await dryRun(createKafka(settings, { clientId: "sagascope-dry-run", log }), flags, {
    mapping: await readMapping(settings.SAGASCOPE_MAPPING),
    topics: ownTopics(settings),
    group: settings.INGEST_GROUP,
    print: (line) => process.stdout.write(`${line}\n`),
  });
}
