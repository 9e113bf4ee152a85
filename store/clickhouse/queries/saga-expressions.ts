import { moment, type Sql, sql, uint32 } from "#lib/sql.ts";
import { clockSkewMs } from "#sagas/verdicts.ts";

// Of `last_step` and `last_error` take parts by `tupleElement`, never by `last_error.code`: under FINAL ClickHouse 26
// reads that subcolumn alone, without the time that it is the newest by, and so answers an older one.

/** The state of a row of `sagas`; `stateOf` in `sagas/state.ts` says the same of events. */
export const state: Sql = sql`multiIf(
  bitAnd(flags, 16) != 0, 'resolved',
  bitAnd(flags, 8) != 0, 'failed',
  bitAnd(flags, 4) != 0, 'compensated',
  bitAnd(flags, 2) != 0, 'completed',
  bitAnd(flags, 32) != 0, 'compensating',
  'running')`;

/** Whether a row of `sagas` breaks any rule of `breachesOf` in `sagas/verdicts.ts`. */
export const inconsistent: Sql = sql`(bitAnd(flags, 16) = 0 AND (
  bitCount(bitAnd(flags, 14)) > 1
  OR (bitAnd(flags, 4) != 0 AND NOT hasAll(steps_compensated, steps_completed))
  OR (bitAnd(flags, 14) != 0 AND NOT hasAll(steps_completed, steps_compensated))
  OR (bitAnd(flags, 14) != 0 AND tupleElement(last_step, 'time') > ended_at + toIntervalMillisecond(${uint32(clockSkewMs)}))
  OR length(completions) > length(steps_completed)
  OR arrayExists(gap -> gap < -toInt64(${uint32(clockSkewMs)}), arrayDifference(arrayMap(
    done -> toUnixTimestamp64Milli(done.at),
    arraySort(done -> (indexOf(plan, done.step), done.at), arrayFilter(done -> has(plan, done.step), completions)))))))`;

/** Whether a row of `sagas` is open past its declared deadline. */
export function overdue(nowMs: number): Sql {
  return sql`(bitAnd(flags, 30) = 0 AND deadline > toDateTime64(0, 3) AND deadline < ${moment(nowMs)})`;
}

/** To the end, or to the last event of an open saga, in ms. */
export const durationMs: Sql = sql`greatest(0, toUnixTimestamp64Milli(if(bitAnd(flags, 14) != 0, ended_at, last_event_at)) - toUnixTimestamp64Milli(started))`;
