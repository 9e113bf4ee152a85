import { z } from "zod";
import { and, sql, string, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { durationMs } from "./saga-expressions.ts";
import { attemptMs, type LatencyFilter } from "./step-latency.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

const Row = z.object({ bucket: Count, count: Count, p50: z.number(), p95: z.number(), p99: z.number() });
export type LatencyBucket = z.infer<typeof Row>;

/** Percentiles in ms by bucket of the saga's start: of attempts at `step` where it is given, else of whole sagas. */
export async function latencyOverTime(
  asker: Asker,
  window: TimeWindow,
  { bucketSeconds, filter }: { bucketSeconds: number; filter: LatencyFilter },
): Promise<LatencyBucket[]> {
  const clauses = [startedWithin(window)];
  if (filter.type !== undefined) clauses.push(sql`saga_type = ${string(filter.type)}`);
  const durations =
    filter.step === undefined
      ? sql`SELECT started AS at, toFloat64(${durationMs}) AS ms FROM ${asker.sagas}
          WHERE ${and([...clauses, sql`bitAnd(flags, 14) != 0`])}`
      : sql`SELECT started AS at,
            ${attemptMs} AS ms
          FROM saga_steps FINAL
          WHERE ${and([...clauses, sql`step = ${string(filter.step)} AND bitAnd(flags, 1) != 0 AND bitAnd(flags, 6) != 0`])}`;
  return await asker.ask(
    sql`SELECT toUnixTimestamp(toStartOfInterval(at, toIntervalSecond(${uint32(bucketSeconds)}))) AS bucket, count() AS count,
        (quantilesExact(0.5, 0.95, 0.99)(ms) AS parts)[1] AS p50, parts[2] AS p95, parts[3] AS p99
      FROM (${durations}) GROUP BY bucket ORDER BY bucket LIMIT 10000`,
    Row,
  );
}
