import { pastMoment, resolveRange } from "#app/server/time-range.ts";
import type { Cost, TimeRange } from "#contracts/api/answer.ts";
import type { PartitionProgress, Pipeline } from "#contracts/api/pipeline.ts";
import { type WaitingAt, waitingAt } from "#store/clickhouse/queries/waiting-at.ts";
import type { Answering } from "./answering.ts";
import { duplicatesAndGaps } from "./duplicates-and-gaps.ts";

/** What the store alone can tell of a past moment: what waited then, and what had been noticed in the time up to it. */
export async function answerPipelineAt(
  at: string,
  range: TimeRange,
  { asker, nowMs, topics }: Answering,
): Promise<Omit<Pipeline, keyof Cost>> {
  const atMs = pastMoment(at, nowMs);
  const { fromMs, toMs } = resolveRange(range, atMs).window;
  const [waiting, noticed] = await Promise.all([
    waitingAt(asker, atMs, topics),
    duplicatesAndGaps(asker, { fromMs, toMs: Math.min(toMs, atMs + 1) }),
  ]);
  return {
    at: new Date(atMs).toISOString(),
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    partitions: waiting.map((one) => partitionAt(one, atMs)),
    kafka: { available: false, why: "Kafka tells of now alone: what waited at a past moment is what the store says." },
    balance: [],
    ...noticed,
    tables: [],
  };
}

/** A partition at a moment: how old the oldest was is known exactly, and what only Kafka knew is not. */
export function partitionAt(
  { topic, partition, waiting, oldestMs, lastMinute }: WaitingAt,
  atMs: number,
): PartitionProgress {
  return {
    topic,
    partition,
    storedOffset: null,
    endOffset: null,
    lag: waiting,
    oldestWaiting: oldestMs === null ? null : { fromMs: atMs - oldestMs, toMs: atMs - oldestMs },
    inPerSecond: null,
    storedPerSecond: lastMinute / 60,
    newestEventAt: null,
    newestIngestAt: null,
  };
}
