import type { Admin, Consumer, EachBatchPayload, Kafka, KafkaMessage, PartitionAssigner } from "kafkajs";
import type { Message } from "./message.ts";
import { Partition } from "./partition.ts";
import { type Limits, type Range, readRange, writeRange } from "./plan-chunk.ts";
import type { Chunk } from "./store-chunk.ts";

/** What the group lets the owner of a partition do; each throws once the partition is another's. */
export interface Owner {
  readonly writeDown: (range: Range) => Promise<void>;
  readonly commit: (next: bigint) => Promise<void>;
  /** Aborted when the group wants the partition back or the process stops: begin nothing new. */
  readonly signal: AbortSignal;
}

export interface SourceOptions {
  readonly topic: string;
  readonly groupId: string;
  readonly limits: Limits;
  /** How long the broker gathers messages for a chunk where few come; ms. */
  readonly ageMs: number;
  /** Who of the group gets which partitions; as the client has it without. */
  readonly assigners?: PartitionAssigner[] | undefined;
  readonly store: (chunk: Chunk, owner: Owner) => Promise<void>;
  /** Told after each batch how many messages of the partition are not stored yet. */
  readonly lag: (partition: number, messages: number) => void;
  readonly joined: (partitions: readonly number[]) => void;
  /** Told of an error that ends the consuming for good. */
  readonly crashed: (error: Error) => void;
}

export interface Source {
  /** Stores what is in hand, leaves the group and disconnects. */
  stop(): Promise<void>;
}

// The broker holds a fetch back until there is this much, or the topic's `ageMs` has passed.
const fetchBytes = 512 * 1024;
const heartbeatMs = 1_000;

/** Reads a topic as a member of a group, cuts each partition into chunks and has them stored one after the other. */
export async function startSource(kafka: Kafka, options: SourceOptions): Promise<Source> {
  const { topic, groupId } = options;
  const admin = kafka.admin();
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: 10_000,
    rebalanceTimeout: 10_000,
    heartbeatInterval: heartbeatMs,
    maxWaitTimeInMs: options.ageMs,
    minBytes: fetchBytes,
    // A fetch holds what a chunk may, and all partitions' fetches together no more.
    maxBytesPerPartition: options.limits.bytes,
    maxBytes: options.limits.bytes,
    allowAutoTopicCreation: false,
    ...(options.assigners && { partitionAssigners: options.assigners }),
    retry: { initialRetryTime: 100, maxRetryTime: 3_000, retries: 8, restartOnFailure: async () => true },
  });
  const stopping = new AbortController();
  let term = startTerm(admin, options, stopping.signal);
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    term.over.abort(new Error("The group was joined anew"));
    term = startTerm(admin, options, stopping.signal);
    options.joined(payload.memberAssignment[topic] ?? []);
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) options.crashed(payload.error);
  });
  try {
    await admin.connect();
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 2,
      eachBatch: (payload) => term.eachBatch(payload),
    });
  } catch (error) {
    await stop(consumer, admin, stopping).catch(() => undefined);
    throw error;
  }
  return { stop: () => stop(consumer, admin, stopping) };
}

async function stop(consumer: Consumer, admin: Admin, stopping: AbortController): Promise<void> {
  stopping.abort(new Error("Stopping"));
  await consumer.disconnect();
  await admin.disconnect();
}

interface Term {
  readonly over: AbortController;
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>;
}

/** The time from one joining of the group to the next. What was read but not stored in one term is read again in the next. */
function startTerm(admin: Admin, options: SourceOptions, stopping: AbortSignal): Term {
  const over = new AbortController();
  const partitions = new Map<number, Promise<Partition>>();
  let written: Promise<Map<number, Range>> | undefined;
  const partitionOf = (id: number) => {
    // Read once the partition is ours: nobody else can write a range any more.
    written ??= writtenRanges(admin, options);
    const partition = partitions.get(id) ?? written.then((ranges) => new Partition(ranges.get(id)));
    partitions.set(id, partition);
    return partition;
  };
  const forget = (id: number) => {
    partitions.delete(id);
    written = undefined;
  };
  return {
    over,
    eachBatch: async (payload) => {
      const { partition: id } = payload.batch;
      const partition = await partitionOf(id).catch((error: unknown) => {
        forget(id);
        throw error;
      });
      const unwanted = new AbortController();
      const beating = setInterval(() => {
        payload.heartbeat().catch((error: unknown) => unwanted.abort(error));
      }, heartbeatMs);
      try {
        const signal = AbortSignal.any([over.signal, unwanted.signal, stopping]);
        await storeBatch(payload, { partition, options, owner: ownerOf(payload, { over: over.signal, signal }) });
      } finally {
        clearInterval(beating);
      }
    },
  };
}

async function storeBatch(
  payload: EachBatchPayload,
  { partition, options, owner }: { partition: Partition; options: SourceOptions; owner: Owner },
): Promise<void> {
  const { batch } = payload;
  const { topic, limits } = options;
  const at = { topic, partition: batch.partition };
  partition.add(
    batch.messages.map((message) => toMessage(message, at)),
    BigInt(batch.lastOffset()),
  );
  for (let chunk = partition.next(limits, Date.now()); chunk; chunk = partition.next(limits, Date.now())) {
    owner.signal.throwIfAborted();
    await options.store({ ...at, ...chunk }, owner);
    partition.done(chunk.range);
    payload.resolveOffset(String(chunk.range.max));
    options.lag(batch.partition, Number(BigInt(batch.highWatermark) - chunk.range.max) - 1);
  }
  payload.resolveOffset(batch.lastOffset());
}

function ownerOf(
  { batch, commitOffsetsIfNecessary }: EachBatchPayload,
  { over, signal }: { over: AbortSignal; signal: AbortSignal },
): Owner {
  const commit = async (offset: bigint, metadata: string | null) => {
    // The client would commit in the name of the generation that it is in now, not of the one that gave us this batch.
    over.throwIfAborted();
    const partition = { partition: batch.partition, offset: String(offset), metadata };
    await commitOffsetsIfNecessary({ topics: [{ topic: batch.topic, partitions: [partition] }] });
  };
  return {
    writeDown: async (range) => {
      signal.throwIfAborted();
      await commit(range.min, writeRange(range));
    },
    commit: (next) => commit(next, null),
    signal,
  };
}

async function writtenRanges(admin: Admin, { topic, groupId }: SourceOptions): Promise<Map<number, Range>> {
  const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const ranges = new Map<number, Range>();
  for (const { partition, offset, metadata } of offsets?.partitions ?? []) {
    const range = BigInt(offset) < 0n ? undefined : readRange(metadata, BigInt(offset));
    if (range) ranges.set(partition, range);
  }
  return ranges;
}

/** A message as its topic-partition has it. */
export function toMessage(message: KafkaMessage, { topic, partition }: { topic: string; partition: number }): Message {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key,
    value: message.value,
    timeMs: Number(message.timestamp),
    headers: message.headers ?? {},
    bytes: (message.value?.byteLength ?? 0) + 100,
  };
}
