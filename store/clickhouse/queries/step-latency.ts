import { z } from "zod";
import { and, type Sql, sql, string } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { bucketOf, type TimeWindow } from "./time-window.ts";
import { percentilesOf, timedQuarters, untimed, withTimed } from "./timed-quarters.ts";

/** Durations in ms; `bucket` is its start in seconds since the epoch, or null for the whole window. */
export const LatencyRow = z.object({
  type: z.string(),
  step: z.string(),
  bucket: Count.nullable(),
  count: Count,
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
});
export type LatencyRow = z.infer<typeof LatencyRow>;

/** How long an attempt took, ms, of a row of `saga_steps`. */
export const attemptMs: Sql = sql`(greatest(0, toUnixTimestamp64Nano(step_ended_at) - toUnixTimestamp64Nano(step_started_at)) / 1e6)`;

export interface LatencyFilter {
  readonly type?: string | undefined;
  readonly step?: string | undefined;
}

/** What durations are asked for. */
export interface LatencyOptions {
  /** Of whole sagas their step is not looked at. */
  readonly filter?: LatencyFilter;
  /** Where it is given, by bucket of the saga's start besides. */
  readonly bucketSeconds?: number;
  /** The window's `timedQuarters`, where they are known. */
  readonly timed?: Promise<readonly number[]>;
}

/**
 * How long attempts at each step took (compensations too), of the sagas that started within the window, whether the
 * attempt succeeded or failed: over the whole window and, where `bucketSeconds` is given, by bucket of the saga's start.
 */
export async function stepLatency(
  asker: Asker,
  window: TimeWindow,
  { bucketSeconds, filter = {}, timed }: LatencyOptions,
): Promise<LatencyRow[]> {
  const quarters = await (timed ?? timedQuarters(asker, window, bucketSeconds));
  const durations = withTimed(attemptsOf(untimed(window, quarters), filter), quarters, {
    of: filter.step === undefined ? "steps" : { step: filter.step },
    type: filter.type,
  });
  return await asker.ask(latencyRows(durations, { quarters, bucketSeconds }), LatencyRow);
}

/** Attempts that have ended, of the sagas that `within` says: `type`, `step`, `at` (the saga's start) and `ms`. */
export function attemptsOf(within: Sql, filter: LatencyFilter): Sql {
  const clauses = [within, sql`bitAnd(flags, 1) != 0 AND bitAnd(flags, 6) != 0`];
  if (filter.type !== undefined) clauses.push(sql`saga_type = ${string(filter.type)}`);
  if (filter.step !== undefined) clauses.push(sql`step = ${string(filter.step)}`);
  return sql`SELECT toString(saga_type) AS type, toString(step) AS step, started AS at, ${attemptMs} AS ms FROM saga_steps FINAL WHERE ${and(clauses)}`;
}

/** Percentiles by type and step of a query that yields `type`, `step`, `at`, `ms` and `times`, of `withTimed`. */
export function latencyRows(
  durations: Sql,
  { quarters, bucketSeconds }: { quarters: readonly number[]; bucketSeconds: number | undefined },
): Sql {
  const columns = sql`toUInt64(sum(times)) AS count, (${percentilesOf(quarters).now} AS parts)[1] AS p50, parts[2] AS p95, parts[3] AS p99`;
  if (bucketSeconds === undefined) {
    return sql`SELECT type, step, CAST(NULL AS Nullable(UInt32)) AS bucket, ${columns} FROM (${durations})
      GROUP BY type, step ORDER BY type, step LIMIT 10000`;
  }
  return sql`SELECT type, step, if(grouping(slot) = 0, slot, NULL) AS bucket, ${columns}
    FROM (SELECT type, step, ms, times, ${bucketOf(sql`at`, bucketSeconds)} AS slot FROM (${durations}))
    GROUP BY GROUPING SETS ((type, step), (type, step, slot)) ORDER BY type, step, bucket LIMIT 200000`;
}
