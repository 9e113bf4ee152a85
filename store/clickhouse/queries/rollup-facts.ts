import { and, moment, type Sql, sql } from "#lib/sql.ts";
import type { TimeWindow } from "./time-window.ts";

/** The rows of `saga_rollups` that hold: of the slots that begin within the window, those of the newest count. */
export function holding({ fromMs, toMs }: TimeWindow): Sql {
  const within = sql`slot >= toDateTime(${moment(fromMs)}) AND slot < toDateTime(${moment(toMs)})`;
  return sql`${within} AND (slot, computed_at) IN (
    SELECT slot, max(computed_at) FROM saga_rollups WHERE ${and([sql`saga_type = '' AND fact = 'slot'`, within])} GROUP BY slot)`;
}

/** The sum of histograms, as two lists of equal length. */
export const summedKeys: Sql = sql`tupleElement(sumMap(saga_rollups.keys, saga_rollups.counts), 1)`;
export const summedCounts: Sql = sql`tupleElement(sumMap(saga_rollups.keys, saga_rollups.counts), 2)`;

/** The histogram of two lists. */
export function histogramOf(keys: readonly number[], counts: readonly number[]): Map<number, number> {
  return new Map(keys.map((key, index) => [key, counts[index] ?? 0]));
}
