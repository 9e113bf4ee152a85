import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import { insist } from "#lib/insist.ts";
import type { Admin } from "#lib/kafka.ts";
import { ageBounds, type OffsetsAt, type WaitingAge } from "./waiting-age.ts";

/** Where one partition's log is, and how far ingest has come in it. Offsets are those of the next message. */
export interface LogPosition {
  readonly topic: string;
  readonly partition: number;
  /** When Kafka was asked, in ms since the epoch. */
  readonly atMs: number;
  /** The oldest message that the log still holds. */
  readonly begin: bigint;
  readonly end: bigint;
  /** Null where ingest has stored nothing of it yet. */
  readonly next: bigint | null;
  /** Messages of the last minute. */
  readonly lastMinute: number;
  /** How long the oldest message that is not stored has waited; null where none waits. */
  readonly waiting: WaitingAge | null;
}

export interface LogReader {
  /** Throws `KAFKA_DOWN`. */
  positions(): Promise<readonly LogPosition[]>;
}

/** What is asked of Kafka once serves all who look within this time: looking costs its services nothing they would feel. */
const freshForMs = 2_000;
/** Nobody waits longer for Kafka than this; what it said last is told meanwhile, if it is no older than that. */
const usualWaitMs = 1_500;
const tellForMs = 20_000;

interface Look {
  readonly atMs: number;
  readonly positions: Promise<readonly LogPosition[]>;
}

/** What of Kafka is looked at: these topics, and whatever else a group of ingest reads. */
interface Looked {
  readonly topics: readonly string[];
  /** What the names of ingest's groups begin with; each is named by its topic. */
  readonly group: string;
}

/** Looks at topics and at how far the groups of ingest are; also at the topics that a mapping has ingest read. */
export function createLogReader(
  openAdmin: () => Admin,
  { waitMs = usualWaitMs, ...looked }: Looked & { waitMs?: number },
): LogReader {
  const look = lookWith(openAdmin, looked);
  let newest: Look | undefined;
  let said: { readonly atMs: number; readonly positions: readonly LogPosition[] } | undefined;
  let isLooking = false;
  const lookAgain = (atMs: number): Look => {
    isLooking = true;
    const positions = look().finally(() => {
      isLooking = false;
    });
    positions.then(
      (found) => {
        said = { atMs, positions: found };
      },
      () => undefined,
    );
    return { atMs, positions };
  };
  return {
    async positions() {
      const nowMs = Date.now();
      if (newest === undefined || (!isLooking && nowMs - newest.atMs > freshForMs)) newest = lookAgain(nowMs);
      try {
        return await within(waitMs, newest.positions);
      } catch (cause) {
        if (said !== undefined && nowMs - said.atMs <= tellForMs) return said.positions;
        throw new SagascopeError("KAFKA_DOWN", `Kafka cannot be asked: ${messageOf(cause)}.`, { cause });
      }
    },
  };
}

function lookWith(openAdmin: () => Admin, { topics, group }: Looked): () => Promise<LogPosition[]> {
  let admin = openAdmin();
  let connecting: Promise<void> | undefined;
  let mapped: readonly string[] = [];
  const connect = async () => {
    connecting ??= admin.connect();
    try {
      await connecting;
    } catch (cause) {
      connecting = undefined;
      throw cause;
    }
  };
  const connectAnew = async () => {
    admin.disconnect().catch(() => undefined);
    admin = openAdmin();
    connecting = undefined;
    await connect();
  };
  const findMapped = async () => {
    try {
      mapped = await readBeside(admin, { topics, group });
    } catch (error) {
      // A broker that is away may have kept us from the newest names: those of before will do.
      if (!isOfDeletedTopic(error)) return;
      await connectAnew();
      mapped = await readBeside(admin, { topics, group });
    }
  };
  return async () => {
    await connect();
    await findMapped();
    const own = admin;
    const known = new Set(await own.listTopics());
    const positions = await Promise.all([
      ...topics.filter((topic) => known.has(topic)).map((topic) => positionsOf(own, topic, group)),
      // Whoever owns such a topic may delete it while it is looked at: the others are told all the same.
      ...mapped.filter((topic) => known.has(topic)).map((topic) => positionsOf(own, topic, group).catch(() => [])),
    ]);
    return positions.flat();
  };
}

/** kafkajs asks for every topic that it was ever asked for, and of one that was deleted since it is refused for good. */
const isOfDeletedTopic = (error: unknown): boolean =>
  error instanceof Error && "type" in error && error.type === "UNKNOWN_TOPIC_OR_PARTITION";

/** What groups of ingest read beside these topics, by the groups' names: not each is a topic. */
async function readBeside(admin: Admin, { topics, group }: Looked): Promise<string[]> {
  const { groups } = await admin.listGroups();
  const names = groups.map(({ groupId }) => groupId).filter((name) => name.startsWith(`${group}-`));
  return names.map((name) => name.slice(group.length + 1)).filter((topic) => !topics.includes(topic));
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = sleep(ms, undefined, { signal: over.signal }).then(() => {
    throw new Error(`no answer within ${ms / 1000} s`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

async function positionsOf(admin: Admin, topic: string, group: string): Promise<LogPosition[]> {
  const nowMs = Date.now();
  const [ends, committed, minuteAgo] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    insist(() => admin.fetchOffsets({ groupId: `${group}-${topic}`, topics: [topic] }), insistently),
    offsetsAt(admin, topic, nowMs - 60_000),
  ]);
  const nextOf = new Map(committed[0]?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
  // Each broker answers for its own partitions, in no order.
  const inOrder = ends.toSorted((one, other) => one.partition - other.partition);
  const positions = inOrder.map(({ partition, high, low }) => {
    const next = nextOf.get(partition) ?? -1n;
    const end = BigInt(high);
    return {
      topic,
      partition,
      atMs: nowMs,
      begin: BigInt(low),
      end,
      next: next < 0n ? null : next,
      lastMinute: Math.max(0, Number(end - (minuteAgo.get(partition) ?? end))),
    };
  });
  const behind = positions.filter(({ begin, end, next }) => (next ?? begin) < end);
  const waiting = await ageBounds(new Map(behind.map(({ partition, begin, next }) => [partition, next ?? begin])), {
    nowMs,
    offsetsAt: (atMs) => offsetsAt(admin, topic, atMs),
  });
  return positions.map((position) => ({ ...position, waiting: waiting.get(position.partition) ?? null }));
}

/** A broker that has only just begun does not know its groups yet, and kafkajs does not ask again here. */
const insistently = {
  waitMs: (tries: number) => 100 * tries,
  isWorthIt: (error: unknown) => error instanceof Error && "retriable" in error && Boolean(error.retriable),
};

/** The first offset of each partition whose message is at least as new as that; the end where there is none. */
async function offsetsAt(admin: Admin, topic: string, atMs: number): Promise<OffsetsAt> {
  const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, atMs);
  return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
}
