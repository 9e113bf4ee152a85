import type { Consumer, EachBatchPayload, Kafka } from "kafkajs";
import { backoffMs, pause } from "./backoff.ts";
import { CommitLedger } from "./commit-ledger.ts";
import { inProcessSpan, untraced } from "./hop-span.ts";
import { type IncomingMessage, incomingMessage } from "./incoming-message.ts";
import { KeyLanes } from "./key-lanes.ts";
import type { Log } from "./log.ts";

/** Thrown by a handler for a message that no retry can help: it goes to the dead letters with this reason. */
export class RefusedMessage extends Error {
  override readonly name = "RefusedMessage";
}

export interface ConsumerOptions {
  readonly kafka: Kafka;
  readonly group: string;
  readonly topics: readonly string[];
  /** Deals with one message, idempotently: it may come again. When `signal` aborts, it must finish or throw at once. */
  readonly handle: (message: IncomingMessage, signal: AbortSignal) => Promise<void>;
  /** Whether a message is worth a look, by its headers alone; without it all are. Others are passed over without a span. */
  readonly concerns?: (message: IncomingMessage) => boolean;
  /** Keeps a message that cannot be dealt with, and why, before its offset moves. */
  readonly deadLetter: (message: IncomingMessage, reason: string) => Promise<void>;
  /** Whether an error will pass by itself (the database is away): then the message is retried for ever. */
  readonly isTransient: (error: unknown) => boolean;
  readonly log: Log;
  /** Messages under way at once; those of one key keep their order. */
  readonly concurrency?: number;
}

export interface RunningConsumer {
  /** Whether the group has let this consumer in. */
  isJoined(): boolean;
  /** Takes no more messages, waits for those under way up to `graceMs`, commits and leaves the group. */
  stop(graceMs?: number): Promise<void>;
}

const retry = { firstMs: 100, mostMs: 5000 };
/** Tries of a message whose handler fails for a reason that is not known to pass. */
const maxAttempts = 5;
const commitEveryMs = 500;

/**
 * Consumes topics at least once. Commits follow the oldest message under way, so a crash loses nothing and repeats a little;
 * a poison message never stops the others. While Kafka is away it tries again for ever, with back-off.
 */
export function startConsumer(options: ConsumerOptions): RunningConsumer {
  const { kafka, group, log, concurrency = 64 } = options;
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: 6000,
    heartbeatInterval: 1500,
    maxWaitTimeInMs: 1000,
    allowAutoTopicCreation: false,
    retry: { retries: 5, initialRetryTime: 200, maxRetryTime: 3000 },
  });
  const lanes = new KeyLanes(concurrency);
  const ledgers = new Map<string, CommitLedger>();
  const stopping = new AbortController();
  const state = { joined: false };
  // What was assigned before a rebalance may belong to another now: its offsets are no longer ours to commit.
  consumer.on(consumer.events.GROUP_JOIN, () => {
    ledgers.clear();
    state.joined = true;
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    state.joined = false;
    if (!payload.restart) void start();
  });
  const start = () => untraced(() => begin(consumer, { lanes, ledgers, stopping: stopping.signal, options }));
  const started = start();
  const committing = setInterval(() => void commit(consumer, ledgers, log), commitEveryMs);
  return {
    isJoined: () => state.joined,
    stop: async (graceMs = 2000) => {
      stopping.abort();
      clearInterval(committing);
      const calm = await lanes.drain(graceMs);
      if (!calm) log.warn({ messages: lanes.size }, "Stopped with messages under way; they will come again");
      await started;
      if (state.joined) await commit(consumer, ledgers, log);
      await consumer.disconnect();
    },
  };
}

async function begin(consumer: Consumer, dispatching: Dispatch): Promise<void> {
  const { stopping, options } = dispatching;
  for (let attempt = 1; !stopping.aborted; attempt++) {
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
      return await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => dispatch(payload, dispatching),
      });
    } catch (error) {
      options.log.warn({ error: String(error), attempt }, "The consumer cannot reach Kafka and will try again");
      await pause(backoffMs(attempt + 1, retry), stopping);
    }
  }
}

interface Dispatch {
  lanes: KeyLanes;
  ledgers: Map<string, CommitLedger>;
  stopping: AbortSignal;
  options: ConsumerOptions;
}

async function dispatch(payload: EachBatchPayload, { lanes, ledgers, stopping, options }: Dispatch): Promise<void> {
  const { batch, resolveOffset, heartbeat, isRunning, isStale } = payload;
  const { topic, partition } = batch;
  const ledger = ledgers.get(`${topic}/${partition}`) ?? new CommitLedger();
  ledgers.set(`${topic}/${partition}`, ledger);
  for (const kafkaMessage of batch.messages) {
    while (lanes.full && !stopping.aborted) {
      await lanes.nextEnd(1000);
      await heartbeat();
    }
    if (stopping.aborted || !isRunning() || isStale()) return;
    const message = incomingMessage(topic, partition, kafkaMessage);
    const offset = BigInt(message.offset);
    ledger.begin(offset);
    resolveOffset(message.offset);
    if (options.concerns?.(message) === false) {
      ledger.finish(offset);
      continue;
    }
    lanes.run(message.key, async () => {
      if (await deliver(message, { ...options, stopping })) ledger.finish(offset);
    });
  }
  await heartbeat();
}

/** Handles one message, with retries; false: the process ends first, so the message must come again. */
async function deliver(
  message: IncomingMessage,
  { handle, deadLetter, isTransient, group, log, stopping }: ConsumerOptions & { stopping: AbortSignal },
): Promise<boolean> {
  const place = { topic: message.topic, partition: message.partition, offset: message.offset };
  let refused: string | undefined;
  for (let attempt = 1; !stopping.aborted; attempt++) {
    try {
      if (refused === undefined) await inProcessSpan(message, { group }, () => handle(message, stopping));
      else await deadLetter(message, refused);
      return true;
    } catch (error) {
      if (stopping.aborted) break;
      const reason = error instanceof Error ? error.message : String(error);
      if (
        refused === undefined &&
        (error instanceof RefusedMessage || (attempt >= maxAttempts && !isTransient(error)))
      ) {
        refused = reason;
        log.error({ ...place, reason, "saga.id": message.headers.sagaid }, "A message goes to the dead letters");
        continue;
      }
      log.warn(
        { ...place, attempt, error: reason, "saga.id": message.headers.sagaid },
        "A message will be tried again",
      );
      await pause(backoffMs(attempt + 1, retry), stopping);
    }
  }
  return false;
}

async function commit(consumer: Consumer, ledgers: ReadonlyMap<string, CommitLedger>, log: Log): Promise<void> {
  const taken = [...ledgers].flatMap(([place, ledger]) => {
    const next = ledger.takeCommit();
    return next === undefined ? [] : [{ place, ledger, next }];
  });
  if (taken.length === 0) return;
  const offsets = taken.map(({ place, next }) => {
    const slash = place.lastIndexOf("/");
    return { topic: place.slice(0, slash), partition: Number(place.slice(slash + 1)), offset: String(next) };
  });
  try {
    await consumer.commitOffsets(offsets);
  } catch (error) {
    for (const { ledger } of taken) ledger.forgetCommit();
    log.warn({ error: String(error) }, "Offsets could not be committed; messages may come again");
  }
}
