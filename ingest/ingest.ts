import { setTimeout as sleep } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import type { Signal } from "#contracts/otlp/codec.ts";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { checkTables } from "#store/clickhouse/inserts/check-tables.ts";
import { sagaStarts } from "#store/clickhouse/queries/saga-starts.ts";
import type { RetryCause } from "./classify-error.ts";
import { sagaEventsEncoder } from "./encode-saga-events.ts";
import type { Encode } from "./encoded.ts";
import { type Source, type SourceOptions, startSource } from "./kafka-source.ts";
import type { Metrics } from "./metrics.ts";
import { otlpEncoder } from "./otlp/encode-otlp.ts";
import { parsedLimits, unparsedLimits } from "./plan-chunk.ts";
import type { Readiness } from "./readiness.ts";
import { rememberStarts } from "./remembered-starts.ts";
import { retryForever } from "./retry.ts";
import { storeTopicChunk } from "./store-topic.ts";
import { tracedChunk } from "./tracing.ts";

export interface IngestOptions {
  /** The topics to read, each with what is in it. */
  readonly topics: Readonly<Record<string, "saga events" | Signal>>;
  /** What the consumer groups' names begin with. */
  readonly group: string;
  readonly client: StoreClient;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly log: Logger;
  /** Told when a person has to act before anything more can be stored. */
  readonly halted: (error: unknown) => void;
}

type ReadOptions = Omit<SourceOptions, "crashed">;

const retryStartMs = 1_000;
// An insert costs the store as much for ten rows as for a thousand. Telemetry may be a little older than events.
const eventsAgeMs = 300;
const telemetryAgeMs = 1_000;

/** Reads every topic of Sagascope into the store, each as a group of its own, so that none waits for another. */
export function startIngest(kafka: Kafka, options: IngestOptions): Source {
  const stopping = new AbortController();
  const storeIsUp = waitForStore(options, stopping.signal);
  const running = Object.entries(options.topics).map(async ([topic, content]) => {
    await storeIsUp;
    await keepReading(kafka, sourceOptions(topic, content, options), { log: options.log, signal: stopping.signal });
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

function encoderOf(content: "saga events" | Signal, options: IngestOptions): Encode {
  return content === "saga events" ? sagaEventsEncoder(askStarts(options)) : otlpEncoder(content);
}

/** Nothing is read before the store answers and has its tables; without them a person has to act. */
async function waitForStore({ client, readiness, log, halted }: IngestOptions, signal: AbortSignal): Promise<void> {
  const retrying = (cause: RetryCause, error: unknown) => {
    readiness.cannotStore("any topic", cause);
    log.warn({ cause, reason: messageOf(error) }, "The store does not answer yet; trying again");
  };
  try {
    await retryForever(() => checkTables(client), { retrying, signal });
    readiness.canStore("any topic");
  } catch (error) {
    if (!signal.aborted) halted(error);
  }
}

/** Reads a topic until `signal` aborts. Kafka may come up after us, its topics later still, and it may go for a while. */
async function keepReading(
  kafka: Kafka,
  source: ReadOptions,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await readUntilCrash(kafka, source, signal);
    } catch (error) {
      log.warn({ topic: source.topic, reason: messageOf(error) }, "Cannot read the topic now; trying again");
    }
    await sleep(retryStartMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Resolves when `signal` aborts; rejects with what the consumer cannot get over by itself. */
async function readUntilCrash(kafka: Kafka, options: ReadOptions, signal: AbortSignal): Promise<void> {
  const { promise: over, resolve, reject } = Promise.withResolvers<void>();
  // It may crash before anyone waits for it.
  over.catch(() => undefined);
  const source = await startSource(kafka, { ...options, crashed: reject });
  const end = () => resolve();
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    await over;
  } finally {
    signal.removeEventListener("abort", end);
    await source.stop();
  }
}

function sourceOptions(topic: string, content: "saga events" | Signal, options: IngestOptions): ReadOptions {
  const encode = encoderOf(content, options);
  const { metrics, readiness, log, halted } = options;
  return {
    topic,
    groupId: `${options.group}-${topic}`,
    limits: content === "saga events" ? unparsedLimits : parsedLimits,
    ageMs: content === "saga events" ? eventsAgeMs : telemetryAgeMs,
    joined: (partitions) => {
      readiness.joined(topic);
      metrics.lag.remove({ topic });
      log.info({ topic, partitions }, "Joined the group");
    },
    lag: (partition, messages) => metrics.lag.set({ topic, partition }, messages),
    store: async (chunk, owner) => {
      try {
        const ports = { ...options, encode, isOfEvents: content === "saga events" };
        await tracedChunk(chunk, () => storeTopicChunk(chunk, owner, ports));
      } catch (error) {
        if (error instanceof SagascopeError && error.code === "STORE_REFUSED") halted(error);
        throw error;
      }
    },
  };
}

function askStarts({ client, metrics, log }: IngestOptions) {
  return rememberStarts((ids, signal) =>
    retryForever(() => sagaStarts(client, ids), {
      signal,
      retrying: (cause, error, waitMs) => {
        metrics.retries.inc({ cause });
        log.warn({ cause, waitMs, err: error }, "The store did not say when sagas began; asking again");
      },
    }),
  );
}
