import type { z } from "zod";
import { resolveRange } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { Latency } from "#contracts/api/latency.ts";
import type { LatencyParams } from "#contracts/api/params.ts";
import { countSagas } from "#store/clickhouse/queries/count-sagas.ts";
import { type LatencyBucket, latencyOverTime } from "#store/clickhouse/queries/latency-over-time.ts";
import { mostFirst } from "#store/clickhouse/queries/most-first.ts";
import { allWithin } from "#store/clickhouse/queries/saga-filter.ts";
import { sagaLatency } from "#store/clickhouse/queries/saga-latency.ts";
import { stepLatency } from "#store/clickhouse/queries/step-latency.ts";
import { bucketStarts, fillBuckets } from "#store/clickhouse/queries/time-window.ts";
import { timedQuarters } from "#store/clickhouse/queries/timed-quarters.ts";
import type { Answering } from "./answering.ts";
import { p95Sparkline } from "./overview.ts";

type Point = Omit<Latency["series"][number], "at">;

/** Percentiles over time, and by type and step. */
export async function answerLatency(
  params: z.output<typeof LatencyParams>,
  { asker, nowMs }: Answering,
): Promise<Omit<Latency, keyof Cost>> {
  const { window, bucketSeconds } = resolveRange(params, nowMs);
  const filter = { type: params.type, step: params.step };
  const byType = { type: params.type };
  const timed = timedQuarters(asker, window, bucketSeconds);
  const [{ series, heatmap }, sagas, steps, counts] = await Promise.all([
    latencyOverTime(asker, window, { bucketSeconds, filter, timed }),
    sagaLatency(asker, window, { bucketSeconds, filter: byType, timed }),
    stepLatency(asker, window, { bucketSeconds, filter: byType, timed }),
    countSagas(asker, allWithin(window), nowMs),
  ]);
  const starts = bucketStarts(window, bucketSeconds);
  const rows = [...sagas, ...steps];
  const points = fillBuckets<LatencyBucket, Point>(series, starts, {
    from: ({ count, p50, p95, p99 }) => ({ count, p50Ms: p50, p95Ms: p95, p99Ms: p99 }),
    empty: { count: 0, p50Ms: null, p95Ms: null, p99Ms: null },
  });
  return {
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    bucketSeconds,
    series: points.map((point, index) => ({ at: new Date(starts[index] ?? 0).toISOString(), ...point })),
    rows: rows
      .filter((row) => row.bucket === null)
      .map((row) => ({
        type: row.type,
        step: row.step,
        count: row.count,
        p50Ms: row.p50,
        p95Ms: row.p95,
        p99Ms: row.p99,
        sparkline: p95Sparkline(rows, { of: row, starts }),
      })),
    heatmap,
    types: mostFirst(Object.entries(counts.facets.type)).map(({ value }) => value),
  };
}
