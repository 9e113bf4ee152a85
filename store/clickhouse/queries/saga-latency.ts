import { and, type Sql, sql, string } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { durationMs } from "./saga-expressions.ts";
import { type LatencyFilter, type LatencyOptions, LatencyRow, latencyRows } from "./step-latency.ts";
import type { TimeWindow } from "./time-window.ts";
import { timedQuarters, untimed, withTimed } from "./timed-quarters.ts";

/** How long whole sagas took, of those that started within the window and have ended; `step` of each row is empty. */
export async function sagaLatency(
  asker: Asker,
  window: TimeWindow,
  { bucketSeconds, filter = {}, timed }: LatencyOptions,
): Promise<LatencyRow[]> {
  const quarters = await (timed ?? timedQuarters(asker, window, bucketSeconds));
  const rows = endedSagas(asker.sagas, untimed(window, quarters), filter);
  const durations = withTimed(rows, quarters, { of: "sagas", type: filter.type });
  return await asker.ask(latencyRows(durations, { quarters, bucketSeconds }), LatencyRow);
}

/** Whole sagas that have ended, of those that `within` says: `type`, an empty `step`, `at` (their start) and `ms`. */
export function endedSagas(sagas: Sql, within: Sql, { type }: Pick<LatencyFilter, "type"> = {}): Sql {
  const clauses = [within, sql`bitAnd(flags, 14) != 0`];
  if (type !== undefined) clauses.push(sql`saga_type = ${string(type)}`);
  return sql`SELECT toString(saga_type) AS type, toLowCardinality('') AS step, started AS at, toFloat64(${durationMs}) AS ms FROM ${sagas} WHERE ${and(clauses)}`;
}
