import { and, sql, string } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { durationMs } from "./saga-expressions.ts";
import { type LatencyFilter, LatencyRow, percentilesOf } from "./step-latency.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

/** How long whole sagas took, of those that started within the window and have ended; `step` of each row is empty. */
export async function sagaLatency(
  asker: Asker,
  window: TimeWindow,
  { bucketSeconds, filter = {} }: { bucketSeconds: number; filter?: Pick<LatencyFilter, "type"> },
): Promise<LatencyRow[]> {
  const clauses = [startedWithin(window), sql`bitAnd(flags, 14) != 0`];
  if (filter.type !== undefined) clauses.push(sql`saga_type = ${string(filter.type)}`);
  const durations = sql`SELECT saga_type AS type, '' AS step, started AS at, toFloat64(${durationMs}) AS ms
    FROM ${asker.sagas} WHERE ${and(clauses)}`;
  return await asker.ask(percentilesOf(durations, bucketSeconds), LatencyRow);
}
