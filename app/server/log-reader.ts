import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, SagascopeError } from "#lib/errors.ts";
import { insist } from "#lib/insist.ts";
import type { Admin } from "#lib/kafka.ts";
import { ageBounds, type OffsetsAt, type WaitingAge } from "./waiting-age.ts";

/** Where one partition's log is, and how far ingest has come in it. Offsets are those of the next message. */
export interface LogPosition {
  readonly topic: string;
  readonly partition: number;
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

/** Looks at topics and at how far the groups of ingest are, which are named by topic. */
export function createLogReader(
  admin: Admin,
  { topics, group, waitMs = usualWaitMs }: { topics: readonly string[]; group: string; waitMs?: number },
): LogReader {
  let connected: Promise<void> | undefined;
  const look = async () => {
    connected ??= admin.connect();
    try {
      await connected;
    } catch (cause) {
      connected = undefined;
      throw cause;
    }
    const known = new Set(await admin.listTopics());
    const read = topics.filter((topic) => known.has(topic)).map((topic) => positionsOf(admin, topic, group));
    return (await Promise.all(read)).flat();
  };
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
