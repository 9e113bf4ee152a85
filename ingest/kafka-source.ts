import {
  type Consumer,
  type EachBatchPayload,
  type Kafka,
  type PartitionAssigner,
  PartitionAssigners,
} from "#lib/kafka.ts";
import { joinedGeneration } from "#lib/kafkajs-generation.ts";
import { Absence } from "./absence.ts";
import type { Known } from "./beginning.ts";
import type { Lag, LanePorts } from "./lane.ts";
import { toBatch } from "./placed-batch.ts";
import type { Room } from "./room.ts";
import { stickyAssigner } from "./sticky-assigner.ts";
import { Term } from "./term.ts";

export interface SourceOptions
  extends Pick<LanePorts, "topic" | "limits" | "store" | "turn" | "recordGap" | "failed" | "logs" | "left"> {
  readonly groupId: string;
  /** How long the broker gathers messages for a chunk where few come; ms. */
  readonly ageMs: number;
  /** How long the group waits for a worker that fell silent before it gives its partitions to others; ms. */
  readonly sessionTimeoutMs: number;
  /** Who of the group gets which partitions; without, they are shared and stay where they are. */
  readonly assigners?: PartitionAssigner[] | undefined;
  /** What is read and not stored, of all partitions together. */
  readonly heldBytes: number;
  /** That all topics of the worker share. */
  readonly room: Room;
  /** Told every few seconds of every partition that is ours. */
  readonly lag: (partition: number, lag: Lag) => void;
  /** Told after each joining: what is ours, of how many. */
  readonly joined: (partitions: readonly number[], ofTopic: number) => void;
  /** Told once a topic that was read is not there any more; it is looked for until it is `joined` again. */
  readonly gone: () => void;
  /** Told of an error that ends the consuming for good. */
  readonly crashed: (error: Error) => void;
  /** Keeps what is known of each partition from one source of the topic to the next. */
  readonly known: Map<number, Known>;
}

export interface Source {
  /** Stores what is in hand, leaves the group and disconnects. */
  stop(): Promise<void>;
}

// The broker holds a fetch back until there is this much, or the topic's `ageMs` has passed.
const leastFetchBytes = 512 * 1024;
const mostPartitionBytes = 2 * 1024 * 1024;
const partitionBytes = ({ limits }: SourceOptions) => Math.min(mostPartitionBytes, limits.bytes / 4);
/** What fetched bytes take in memory, where they are not compressed. */
const unpacked = 1.5;
// Often: whoever does not know yet that the group is joined anew holds up all others.
const heartbeatMs = 300;
const firstRetryMs = 100;
const measureMs = 5_000;
/** Until a topic that has grown, or was made anew, is noticed at the latest. */
const metadataAgeMs = 30_000;

/** Reads a topic as a member of a group, cuts each partition into chunks and has them stored one after the other. */
export async function startSource(kafka: Kafka, options: SourceOptions): Promise<Source> {
  const { topic } = options;
  const stopping = new AbortController();
  let term: Term | undefined;
  const absence = new Absence(options.gone, stopping.signal);
  const membership = { topic, owned: () => term?.partitions ?? [], joining: () => term?.end() };
  const consumer = kafka.consumer({
    ...consumerOptions(options, (error) => absence.restart(error)),
    // The second is what a worker of an earlier release knows: one group holds both while they are replaced.
    partitionAssigners: options.assigners ?? [stickyAssigner(membership), PartitionAssigners.roundRobin],
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    term?.end();
    const generation = joinedGeneration(payload.memberId, topic, (partition) => term?.outOfRange(partition));
    absence.end();
    term = new Term(generation, termPorts(consumer, options, stopping.signal));
    options.joined(generation.partitions, generation.partitionsOfTopic);
  });
  consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize > 0 || payload.topic !== topic) return;
    const { partition, firstOffset, lastOffset, highWatermark } = payload;
    term?.skip(partition, {
      first: BigInt(firstOffset ?? lastOffset),
      last: BigInt(lastOffset),
      end: BigInt(highWatermark),
    });
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) options.crashed(payload.error);
  });
  const measuring = setInterval(() => term && !absence.isNoticed && measure(term, options), measureMs);
  const stop = async () => {
    clearInterval(measuring);
    stopping.abort(new Error("Stopping"));
    await term?.idle();
    term?.end();
    await consumer.disconnect();
  };
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch: async (payload) => accept(payload, term) });
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  return { stop };
}

function consumerOptions(options: SourceOptions, restartOnFailure: (error: Error) => Promise<boolean>) {
  const { groupId, ageMs, sessionTimeoutMs } = options;
  return {
    groupId,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: 10_000,
    heartbeatInterval: heartbeatMs,
    maxWaitTimeInMs: ageMs,
    minBytes: leastFetchBytes,
    maxBytesPerPartition: partitionBytes(options),
    // Room for the turn and, beside it, for those that have caught up.
    maxBytes: 2 * partitionBytes(options),
    metadataMaxAge: metadataAgeMs,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: firstRetryMs, maxRetryTime: 3_000, retries: 8, restartOnFailure },
  };
}

function termPorts(consumer: Consumer, options: SourceOptions, stopping: AbortSignal) {
  const { topic, groupId, limits, heldBytes, room, store, turn, recordGap, failed, known, logs, left } = options;
  // The last fetch of a turn brings more than is wanted: all of it goes into the chunk.
  const fetchLimits = { heldBytes, chunkBytes: limits.bytes - unpacked * partitionBytes(options) };
  return {
    topic,
    groupId,
    limits,
    room,
    store,
    turn,
    recordGap,
    failed,
    known,
    logs,
    left,
    fetchLimits,
    stopping,
    seek: (partition: number, offset: bigint) => consumer.seek({ topic, partition, offset: String(offset) }),
    pause: (partitions: readonly number[]) => consumer.pause([{ topic, partitions: [...partitions] }]),
    resume: (partitions: readonly number[]) => consumer.resume([{ topic, partitions: [...partitions] }]),
  };
}

/** Takes a batch and returns at once, so that no partition's store holds up the others, nor the heartbeat. */
function accept({ batch, isStale }: EachBatchPayload, term: Term | undefined): void {
  if (isStale()) return;
  const { topic, partition } = batch;
  const place = { topic, partition };
  // The client's types leave out where it began to fetch.
  const { fetchedOffset } = batch as typeof batch & { readonly fetchedOffset: string };
  term?.accept(partition, {
    fetched: BigInt(fetchedOffset),
    batches: batch.messages.map((message) => toBatch(message, place)),
    last: BigInt(batch.lastOffset()),
    end: BigInt(batch.highWatermark),
  });
}

function measure(term: Term, { lag, failed }: SourceOptions): void {
  term.measure().then(
    (lags) => {
      for (const [partition, of] of lags) lag(partition, of);
    },
    (error: unknown) => failed(undefined, error),
  );
}
