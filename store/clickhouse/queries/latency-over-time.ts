import { z } from "zod";
import type { Latency } from "#contracts/api/latency.ts";
import { sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { endedSagas } from "./saga-latency.ts";
import { attemptsOf, type LatencyFilter } from "./step-latency.ts";
import { bucketOf, bucketStarts, type TimeWindow } from "./time-window.ts";
import { percentilesOf, timedQuarters, untimed, withTimed } from "./timed-quarters.ts";

const Row = z.object({
  bucket: Count,
  count: Count,
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  cells: z.array(z.tuple([Count, Count])),
});
export type LatencyBucket = Omit<z.infer<typeof Row>, "cells">;

/** Each is √2 times as high as the one before; the first holds all below a millisecond. */
const perDoubling = 2;
const boundOf = (height: number): number => (height === 0 ? 0 : 2 ** ((height - 1) / perDoubling));

/**
 * Durations by bucket of the saga's start: of attempts at `step` where it is given, else of whole sagas. Their percentiles in ms, and
 * how often they fell into each cell of time and length, whose rows reach from the shortest to the longest there is; of nothing there
 * are none.
 */
export async function latencyOverTime(
  asker: Asker,
  window: TimeWindow,
  {
    bucketSeconds,
    filter,
    timed,
  }: { bucketSeconds: number; filter: LatencyFilter; timed?: Promise<readonly number[]> },
): Promise<{ series: LatencyBucket[]; heatmap: Latency["heatmap"] }> {
  const { type, step } = filter;
  const quarters = await (timed ?? timedQuarters(asker, window, bucketSeconds));
  const within = untimed(window, quarters);
  const durations =
    step === undefined
      ? withTimed(endedSagas(asker.sagas, within, filter), quarters, { of: "sagas", type })
      : withTimed(attemptsOf(within, filter), quarters, { of: { step }, type });
  const { state, merged } = percentilesOf(quarters);
  // Cells first, of which percentiles are put together: all of one reading.
  const rows = await asker.ask(
    sql`SELECT bucket, toUInt64(sum(many)) AS count, (${merged} AS parts)[1] AS p50, parts[2] AS p95, parts[3] AS p99,
        groupArray((height, many)) AS cells
      FROM (
        SELECT ${bucketOf(sql`at`, bucketSeconds)} AS bucket,
          if(ms < 1, 0, 1 + toUInt32(floor(${uint32(perDoubling)} * log2(ms)))) AS height, sum(times) AS many, ${state} AS all
        FROM (${durations}) GROUP BY bucket, height)
      GROUP BY bucket ORDER BY bucket LIMIT 10000`,
    Row,
  );
  const series = rows.map(({ cells: _, ...bucket }) => bucket);
  return { series, heatmap: heatmapOf(rows, bucketStarts(window, bucketSeconds)) };
}

function heatmapOf(rows: readonly z.infer<typeof Row>[], starts: readonly number[]): Latency["heatmap"] {
  if (rows.length === 0) return { boundsMs: [], columns: [] };
  const heights = [...new Set(rows.flatMap(({ cells }) => cells.map(([height]) => height)))];
  const lowest = Math.min(...heights);
  const highest = Math.max(...heights);
  const columns = new Map(rows.map(({ bucket, cells }) => [bucket * 1000, new Map(cells)]));
  return {
    boundsMs: Array.from({ length: highest - lowest + 2 }, (_, index) => boundOf(lowest + index)),
    columns: starts.map((startMs) =>
      Array.from({ length: highest - lowest + 1 }, (_, index) => columns.get(startMs)?.get(lowest + index) ?? 0),
    ),
  };
}
