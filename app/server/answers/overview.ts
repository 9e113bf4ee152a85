import { recently } from "#app/server/recently.ts";
import { resolveRange, weekBefore, wholeMinutes } from "#app/server/time-range.ts";
import type { Cost, TimeRange } from "#contracts/api/answer.ts";
import type { Overview } from "#contracts/api/overview.ts";
import { errorGroups } from "#store/clickhouse/queries/error-groups.ts";
import { outcomesOverTime } from "#store/clickhouse/queries/outcomes-over-time.ts";
import { overviewCounts } from "#store/clickhouse/queries/overview-counts.ts";
import { type LatencyRow, stepLatency } from "#store/clickhouse/queries/step-latency.ts";
import { bucketStarts, fillBuckets, type TimeWindow } from "#store/clickhouse/queries/time-window.ts";
import { timedQuarters } from "#store/clickhouse/queries/timed-quarters.ts";
import type { Answering } from "./answering.ts";

const mostErrors = 20;
const mostSteps = 8;
/** Fewer attempts than this a week before make no comparison. */
const fewestToCompare = 20;

/** Little changes of a week ago. */
const beforeForMs = 60_000;

/** What is going on, and what is wrong, in a stretch of time. */
export async function answerOverview(
  range: TimeRange,
  { asker, nowMs, limits }: Answering,
): Promise<Omit<Overview, keyof Cost>> {
  const { window, bucketSeconds } = resolveRange(range, nowMs);
  const before = wholeMinutes(weekBefore(window, nowMs));
  const remembered = <Value>(what: string, make: () => Promise<Value>) =>
    recently(JSON.stringify([what, before]), beforeForMs, make);
  const timed = timedQuarters(asker, window, bucketSeconds);
  const [counts, lastWeek, outcomes, errors, latency, latencyBefore] = await Promise.all([
    overviewCounts(asker, window, { nowMs, limits }),
    remembered("counts", () => overviewCounts(asker, before, { nowMs, limits })),
    outcomesOverTime(asker, window, { bucketSeconds, timed }),
    errorGroups(asker, window, { bucketSeconds, limit: mostErrors, timed }),
    stepLatency(asker, window, { bucketSeconds, timed }),
    remembered(`step latency, by ${bucketSeconds} s`, () =>
      stepLatency(asker, before, { timed: timedQuarters(asker, before, bucketSeconds) }),
    ),
  ]);
  return {
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    bucketSeconds,
    counts,
    lastWeek: lastWeek.started > 0 ? lastWeek : null,
    outcomes,
    errors,
    slowestSteps: slowest(latency, latencyBefore, { window, bucketSeconds }),
  };
}

function slowest(
  rows: readonly LatencyRow[],
  before: readonly LatencyRow[],
  { window, bucketSeconds }: { window: TimeWindow; bucketSeconds: number },
): Overview["slowestSteps"] {
  const starts = bucketStarts(window, bucketSeconds);
  return rows
    .filter((row) => row.bucket === null)
    .sort((a, b) => b.p95 - a.p95)
    .slice(0, mostSteps)
    .map((row) => {
      const then = before.find((old) => old.type === row.type && old.step === row.step);
      return {
        type: row.type,
        step: row.step,
        count: row.count,
        p50Ms: row.p50,
        p95Ms: row.p95,
        lastWeekP95Ms: then && then.count >= fewestToCompare ? then.p95 : null,
        sparkline: p95Sparkline(rows, { of: row, starts }),
      };
    });
}

/** p95 by bucket of one row's type and step; null where nothing ran. */
export function p95Sparkline(
  rows: readonly LatencyRow[],
  { of, starts }: { of: LatencyRow; starts: readonly number[] },
): (number | null)[] {
  const own = rows.flatMap((row) =>
    row.type === of.type && row.step === of.step && row.bucket !== null ? [{ bucket: row.bucket, p95: row.p95 }] : [],
  );
  return fillBuckets<(typeof own)[number], number | null>(own, starts, { from: (row) => row.p95, empty: null });
}
