import { setTimeout as sleep } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import type { Mapping } from "#contracts/mapping/mapping.ts";
import type { Signal } from "#contracts/otlp/codec.ts";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { checkTables } from "#store/clickhouse/inserts/check-tables.ts";
import { sagaStarts } from "#store/clickhouse/queries/saga-starts.ts";
import type { RetryCause } from "./classify-error.ts";
import { sagaEventsEncoder } from "./encode-saga-events.ts";
import { isUnknownTopic } from "./kafka-errors.ts";
import { type Source, type SourceOptions, startSource } from "./kafka-source.ts";
import { mappedReadings } from "./mapping/mapped-readings.ts";
import type { Metrics } from "./metrics.ts";
import { otlpEncoder } from "./otlp/encode-otlp.ts";
import { parsedLimits, unparsedLimits } from "./plan-chunk.ts";
import type { Readiness } from "./readiness.ts";
import type { Reading } from "./reading.ts";
import { rememberStarts } from "./remembered-starts.ts";
import { retryForever } from "./retry.ts";
import { type AskStarts, type SettleStarts, settleTogether } from "./settle-starts.ts";
import { storeTopicChunk } from "./store-topic.ts";
import { tracedChunk } from "./tracing.ts";

export interface IngestOptions {
  /** The topics to read, each with what is in it. */
  readonly topics: Readonly<Record<string, "saga events" | Signal>>;
  /** What else makes sagas. */
  readonly mapping: Mapping;
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
  const settle = settleTogether(askStarts(options));
  const running = readingsOf(options, settle).map(async (reading) => {
    await storeIsUp;
    await keepReading(kafka, reading, { options, signal: stopping.signal });
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

function readingsOf({ topics, mapping }: IngestOptions, settle: SettleStarts): Reading[] {
  const own = Object.entries(topics).map(([topic, content]): Reading => {
    const isOfEvents = content === "saga events";
    const encode = isOfEvents ? sagaEventsEncoder(settle) : otlpEncoder(content);
    return { name: topic, topic, encode, isOfEvents, ageMs: isOfEvents ? eventsAgeMs : telemetryAgeMs };
  });
  return [...own, ...mappedReadings(mapping, { topics, settle, ageMs: eventsAgeMs })];
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
  reading: Reading,
  { options, signal }: { options: IngestOptions; signal: AbortSignal },
): Promise<void> {
  let told = "";
  while (!signal.aborted) {
    try {
      await readUntilCrash(kafka, sourceOptions(reading, options), signal);
    } catch (error) {
      const reason = messageOf(error);
      options.log[reason === told ? "debug" : "warn"]({ topic: reading.name, reason }, cannotRead);
      told = reason;
      if (reading.mayBeAbsent && isUnknownTopic(error)) options.readiness.absent(reading.name);
    }
    await sleep(retryStartMs, undefined, { signal }).catch(() => undefined);
  }
}

const cannotRead = "Cannot read the topic now; trying again";

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

function sourceOptions(reading: Reading, options: IngestOptions): ReadOptions {
  const { name, topic, encode, isOfEvents, ageMs, assigners } = reading;
  const { metrics, readiness, log, halted } = options;
  const suspects = new Set<number>();
  return {
    topic,
    groupId: `${options.group}-${name}`,
    limits: isOfEvents ? unparsedLimits : parsedLimits,
    ageMs,
    assigners,
    joined: (partitions) => {
      readiness.joined(name);
      metrics.lag.remove({ topic: name });
      log.info({ topic: name, partitions }, "Joined the group");
    },
    lag: (partition, messages) => metrics.lag.set({ topic: name, partition }, messages),
    store: async (chunk, owner) => {
      try {
        // Its tokens say the name too: a topic that is read twice is stored for each.
        const named = { ...chunk, topic: name };
        await tracedChunk(chunk, () => storeTopicChunk(named, owner, { ...options, encode, isOfEvents, suspects }));
      } catch (error) {
        if (error instanceof SagascopeError && error.code === "STORE_REFUSED") halted(error);
        throw error;
      }
    },
  };
}

function askStarts({ client, metrics, log }: IngestOptions): AskStarts {
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
