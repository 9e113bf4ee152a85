import { z } from "zod";
import type { Latency } from "#contracts/api/latency.ts";
import { and, sql, string, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { durationMs } from "./saga-expressions.ts";
import { attemptMs, type LatencyFilter } from "./step-latency.ts";
import { bucketStarts, startedWithin, type TimeWindow } from "./time-window.ts";

const Row = z.object({ bucket: Count, height: Count, times: Count });

/** Each is √2 times as high as the one before; the first holds all below a millisecond. */
const perDoubling = 2;
const boundOf = (height: number): number => (height === 0 ? 0 : 2 ** ((height - 1) / perDoubling));

/**
 * How often durations fell into each cell of time and length, by the saga's start: of attempts at `step` where it is given, else
 * of whole sagas. Rows of lengths reach from the shortest to the longest there is; of nothing there are none.
 */
export async function latencyHeatmap(
  asker: Asker,
  window: TimeWindow,
  { bucketSeconds, filter }: { bucketSeconds: number; filter: LatencyFilter },
): Promise<Latency["heatmap"]> {
  const clauses = [startedWithin(window)];
  if (filter.type !== undefined) clauses.push(sql`saga_type = ${string(filter.type)}`);
  const durations =
    filter.step === undefined
      ? sql`SELECT started AS at, toFloat64(${durationMs}) AS ms FROM ${asker.sagas}
          WHERE ${and([...clauses, sql`bitAnd(flags, 14) != 0`])}`
      : sql`SELECT started AS at, ${attemptMs} AS ms FROM saga_steps FINAL
          WHERE ${and([...clauses, sql`step = ${string(filter.step)} AND bitAnd(flags, 1) != 0 AND bitAnd(flags, 6) != 0`])}`;
  const rows = await asker.ask(
    sql`SELECT toUnixTimestamp(toStartOfInterval(at, toIntervalSecond(${uint32(bucketSeconds)}))) AS bucket,
        if(ms < 1, 0, 1 + toUInt32(floor(${uint32(perDoubling)} * log2(ms)))) AS height, count() AS times
      FROM (${durations}) GROUP BY bucket, height ORDER BY bucket, height LIMIT 100000`,
    Row,
  );
  const heights = rows.map(({ height }) => height);
  const lowest = Math.min(...heights);
  const highest = Math.max(...heights);
  if (rows.length === 0) return { boundsMs: [], columns: [] };
  const counts = new Map(rows.map(({ bucket, height, times }) => [`${bucket} ${height}`, times]));
  return {
    boundsMs: Array.from({ length: highest - lowest + 2 }, (_, index) => boundOf(lowest + index)),
    columns: bucketStarts(window, bucketSeconds).map((startMs) =>
      Array.from(
        { length: highest - lowest + 1 },
        (_, index) => counts.get(`${startMs / 1000} ${lowest + index}`) ?? 0,
      ),
    ),
  };
}
