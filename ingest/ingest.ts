import { setTimeout as sleep } from "node:timers/promises";
import type { Mapping } from "#contracts/mapping/mapping.ts";
import type { Signal } from "#contracts/otlp/json.ts";
import { sagaEventsEncoder } from "#ingest/saga-events/encode-saga-events.ts";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import type { Kafka } from "#lib/kafka.ts";
import type { Logger } from "#lib/log.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { checkTables, checkWindow } from "#store/clickhouse/inserts/check-tables.ts";
import { sagaStarts } from "#store/clickhouse/queries/saga-starts.ts";
import type { PlacedTable } from "#store/clickhouse/queries/stored-offsets.ts";
import { waitsMs } from "#store/clickhouse/shown-within.ts";
import type { RetryCause } from "./classify-error.ts";
import { isUnknownTopic } from "./kafka-errors.ts";
import { type Source, type SourceOptions, startSource } from "./kafka-source.ts";
import { keepLists } from "./keep-lists.ts";
import { keepRollups } from "./keep-rollups.ts";
import { mappedReadings } from "./mapping/mapped-readings.ts";
import type { Metrics } from "./metrics.ts";
import { neededWindow } from "./needed-window.ts";
import { type Left, NotAlone, OtherGroups } from "./other-groups.ts";
import { otlpEncoder } from "./otlp/encode-otlp.ts";
import { copiedLimits, type Limits, otherLimits } from "./plan-chunk.ts";
import type { Readiness } from "./readiness.ts";
import type { Reading } from "./reading.ts";
import { recordGap } from "./record-gap.ts";
import { rememberStarts } from "./remembered-starts.ts";
import { retryForever } from "./retry.ts";
import { Room } from "./room.ts";
import { sortAsBefore } from "./saga-events/sort-as-before.ts";
import { type AskStarts, type SettleStarts, settleTogether } from "./settle-starts.ts";
import { Slots } from "./slots.ts";
import { storeTopicChunk } from "./store-topic.ts";
import { StoredLogs } from "./stored-logs.ts";
import { tracedChunk } from "./tracing.ts";
import { watchClocks } from "./watch-clocks.ts";
import { watchDuplicates } from "./watch-duplicates.ts";
import { watchLost } from "./watch-lost.ts";
import { watchSplits } from "./watch-splits.ts";

export interface IngestOptions {
  /** The topics to read, each with what is in it. */
  readonly topics: Readonly<Record<string, "saga events" | Signal>>;
  /** What else makes sagas. */
  readonly mapping: Mapping;
  /** What the consumer groups' names begin with. */
  readonly group: string;
  readonly sessionTimeoutMs: number;
  /** How long a row that the store cannot read, under a code that nobody knows, is tried. */
  readonly unreadableMs: number;
  readonly client: StoreClient;
  /** Called before the store is looked at for the first time, until it works. */
  readonly prepareStore: () => Promise<void>;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly log: Logger;
  /** Told when a person has to act before anything more can be stored. */
  readonly halted: (error: unknown) => void;
}

type ReadOptions = Omit<SourceOptions, "crashed" | "left">;

const retryStartMs = 1_000;
// An insert, the merging of what it leaves and the looking through that cost the store much the same for ten rows as for a thousand.
// Telemetry may be a little older than events.
const eventsAgeMs = waitsMs.chunk;
const telemetryAgeMs = 500;
// As many as the store works on at the same time.
const insertsAtOnce = 2;
// However short a time is set: it may all be one moment of the store's.
const looksNeeded = 5;
// One that is being stored and one that is being read.
const chunksHeld = 2;
// Of events, spans and logs one each may be held, or two of one where the others have caught up.
const roomBytes = 3 * copiedLimits.bytes;

/** Reads every topic of Sagascope into the store, each as a group of its own, so that none waits for another. */
export function startIngest(kafka: Kafka, options: IngestOptions): Source {
  const stopping = new AbortController();
  const storeIsUp = waitForStore(options, stopping.signal);
  const room = new Room(roomBytes);
  const settle = settleTogether(askStarts(options));
  const running = readingsOf(options, settle).map(async (reading) => {
    const window = await storeIsUp;
    await keepReading(kafka, reading, { options: { ...options, window, room }, signal: stopping.signal });
  });
  const [topic] = Object.entries(options.topics).find(([, content]) => content === "saga events") ?? [];
  const besides = topic
    ? [watchDuplicates, watchSplits, watchClocks, watchLost, keepLists, keepRollups].map((keep) =>
        keep({ ...options, topic }, stopping.signal),
      )
    : [];
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([...running, ...besides]);
    },
  };
}

const limitsOf = {
  "saga events": copiedLimits,
  traces: copiedLimits,
  logs: copiedLimits,
  metrics: otherLimits,
} as const satisfies Record<"saga events" | Signal, Limits>;

/** Spans may be read for their sagas too, whose dead letters stand under the same topic. */
const tablesOf = {
  "saga events": ["saga_events", "dead_letters"],
  traces: ["otel_traces"],
  logs: ["otel_logs", "dead_letters"],
  metrics: [
    "otel_metrics_gauge",
    "otel_metrics_sum",
    "otel_metrics_histogram",
    "otel_metrics_exponential_histogram",
    "otel_metrics_summary",
    "dead_letters",
  ],
} as const satisfies Record<"saga events" | Signal, readonly PlacedTable[]>;

function readingsOf({ topics, mapping }: IngestOptions, settle: SettleStarts): Reading[] {
  const own = Object.entries(topics).map(([topic, content]): Reading => {
    const isOfEvents = content === "saga events";
    const encode = isOfEvents ? sagaEventsEncoder(settle) : otlpEncoder(content);
    const tables = tablesOf[content];
    const ageMs = isOfEvents ? eventsAgeMs : telemetryAgeMs;
    return { name: topic, topic, encode, isOfEvents, tables, ageMs, limits: limitsOf[content], insertsAtOnce };
  });
  return [...own, ...mappedReadings(mapping, { topics, settle, ageMs: eventsAgeMs })];
}

/**
 * Nothing is read before the store answers and has its tables; without them a person has to act. Resolves with how many
 * blocks each table remembers at least.
 */
async function waitForStore(options: IngestOptions, signal: AbortSignal): Promise<number> {
  const { client, prepareStore, readiness, log, halted } = options;
  const retrying = (cause: RetryCause, error: unknown) => {
    readiness.cannotStore("any topic", cause);
    log.warn({ cause, reason: messageOf(error) }, "The store does not answer yet; trying again");
  };
  try {
    await retryForever(prepareStore, { retrying, signal });
    const found = await retryForever(() => refusalOf(() => checkTables(client)), { retrying, signal });
    if (found instanceof SagascopeError) throw found;
    readiness.canStore("any topic");
    return found;
  } catch (error) {
    if (!signal.aborted) halted(error);
    return 0;
  }
}

/** A refusal that no second try would change, as a value. */
async function refusalOf<T>(work: () => Promise<T>): Promise<T | SagascopeError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SagascopeError && error.code === "STORE_REFUSED") return error;
    throw error;
  }
}

/** Reads a topic until `signal` aborts. Kafka may come up after us, its topics later still, and it may go for a while. */
async function keepReading(
  kafka: Kafka,
  reading: Reading,
  { options, signal }: { options: SourceNeeds; signal: AbortSignal },
): Promise<void> {
  const source = sourceOptions(reading, options);
  const others = new OtherGroups(reading, source.groupId, { ...options, kafka });
  let told = "";
  while (!signal.aborted) {
    try {
      await others.gone(signal);
      await readUntilCrash(kafka, { source, others, signal });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof SagascopeError && error.code === "STORE_REFUSED") return options.halted(error);
      const reason = messageOf(error);
      options.log[reason === told ? "debug" : "warn"]({ topic: reading.name, reason }, cannotRead);
      told = reason;
      if (reading.mayBeAbsent && isUnknownTopic(error)) options.readiness.absent(reading.name);
      if (error instanceof NotAlone) await standBack(reading.name, { reason, options, signal });
    }
    await sleep(retryStartMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Two groups that saw each other both stand back: one has to come again first. */
async function standBack(
  topic: string,
  { reason, options, signal }: { reason: string; options: SourceNeeds; signal: AbortSignal },
): Promise<void> {
  options.readiness.standsBack(topic, reason);
  await sleep(Math.random() * standBackMs, undefined, { signal }).catch(() => undefined);
}

const standBackMs = 10_000;
const lookForOthersMs = 60_000;
const cannotRead = "Cannot read the topic now; trying again";

interface Reader {
  readonly source: ReadOptions;
  readonly others: OtherGroups;
  readonly signal: AbortSignal;
}

/** Resolves when `signal` aborts; rejects with what the consumer cannot get over by itself, and with `NotAlone`. */
async function readUntilCrash(kafka: Kafka, { source: options, others, signal }: Reader): Promise<void> {
  const { promise: over, resolve, reject } = Promise.withResolvers<void>();
  // It may crash before anyone waits for it.
  over.catch(() => undefined);
  let alone: Promise<Left> | undefined;
  const joined: ReadOptions["joined"] = (...told) => {
    options.joined(...told);
    alone = others.check(signal);
    alone.catch(reject);
  };
  const left: SourceOptions["left"] = async (partition) => (await alone)?.get(partition);
  const source = await startSource(kafka, { ...options, joined, left, crashed: reject });
  const looking = setInterval(() => {
    others.check(signal).catch((error: unknown) => error instanceof NotAlone && reject(error));
  }, lookForOthersMs);
  const end = () => resolve();
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    await over;
  } finally {
    clearInterval(looking);
    signal.removeEventListener("abort", end);
    await source.stop();
  }
}

/** `window` is how many blocks each table remembers at least. */
type SourceNeeds = IngestOptions & { readonly window: number; readonly room: Room };

function sourceOptions(reading: Reading, options: SourceNeeds): ReadOptions {
  const { name, topic, encode, isOfEvents, ageMs, limits, insertsAtOnce: atOnce, assigners } = reading;
  const { client, metrics, readiness, log, halted, room } = options;
  const slots = new Slots(atOnce);
  const ports = {
    ...options,
    encode,
    sort: isOfEvents ? sortAsBefore : undefined,
    proof: { looks: looksNeeded, forMs: options.unreadableMs },
  };
  const halting = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (error instanceof SagascopeError && error.code === "STORE_REFUSED") halted(error);
      throw error;
    }
  };
  return {
    topic,
    groupId: `${options.group}-${name}`,
    assigners,
    limits,
    heldBytes: chunksHeld * limits.bytes,
    room,
    ageMs,
    sessionTimeoutMs: options.sessionTimeoutMs,
    known: new Map(),
    logs: new StoredLogs(reading, { client, log }),
    joined: (partitions, ofTopic) => {
      readiness.joined(name);
      metrics.lags.forget(name);
      metrics.gone.set({ topic: name }, 0);
      // A series that begins with its first loss shows no increase.
      for (const partition of partitions) metrics.lost.inc({ topic: name, partition }, 0);
      log.info({ topic: name, partitions, ofTopic }, "Joined the group");
      const needed = neededWindow({ partitions: ofTopic, ageMs });
      void halting(async () => checkWindow(options.window, { needed, topic })).catch(() => undefined);
    },
    gone: () => {
      metrics.gone.set({ topic: name }, 1);
      log.error({ topic: name }, "The topic is not there any more; looking for it, every 30 s in the end");
    },
    lag: (partition, lag) => metrics.lags.set(name, partition, lag),
    failed: (partition, error) => {
      const cause = error instanceof Error ? error.message : "an error";
      if (partition !== undefined) readiness.failed(`${name}-${partition}`, cause, Date.now());
      log.warn({ topic: name, partition, err: error }, "Cannot go on now; trying again");
    },
    recordGap: (partition, gap, signal) =>
      halting(() => recordGap({ topic: name, partition }, gap, { client, metrics, log, signal })),
    // Its tokens say the name too: a topic that is read twice is stored for each.
    store: (chunk, owner, turn) =>
      halting(() => {
        const own = { ...ports, inserting: turn ?? slots };
        return tracedChunk(chunk, () => storeTopicChunk({ ...chunk, topic: name }, owner, own));
      }),
    turn: () => slots.turn(),
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
