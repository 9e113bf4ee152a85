import type { SagaState } from "#contracts/api/saga.ts";
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

/** Whether a row of `sagas` is in a state: the same as `state` says, told by its flags alone. */
export const isIn: Readonly<Record<SagaState, Sql>> = {
  resolved: sql`bitAnd(flags, 16) = 16`,
  failed: sql`bitAnd(flags, 24) = 8`,
  compensated: sql`bitAnd(flags, 28) = 4`,
  completed: sql`bitAnd(flags, 30) = 2`,
  compensating: sql`bitAnd(flags, 62) = 32`,
  running: sql`bitAnd(flags, 62) = 0`,
};

/** The state that `flags` of a row say. */
export function stateOfFlags(flags: number): SagaState {
  if (flags & 16) return "resolved";
  if (flags & 8) return "failed";
  if (flags & 4) return "compensated";
  if (flags & 2) return "completed";
  return flags & 32 ? "compensating" : "running";
}

/** The rules of `breachesOf` in `sagas/verdicts.ts` that a row of `sagas` breaks, by name; none of a saga that was resolved. */
export const brokenRules: Sql = sql`arrayFilter(rule -> rule != '' AND bitAnd(flags, 16) = 0, [
  if(bitCount(bitAnd(flags, 14)) > 1, 'two_ends', ''),
  if(bitAnd(flags, 4) != 0 AND NOT hasAll(steps_compensated, steps_completed), 'never_compensated', ''),
  if(bitAnd(flags, 14) != 0 AND NOT hasAll(steps_completed, steps_compensated), 'compensated_without_effect', ''),
  if(length(completions) > length(steps_completed), 'effect_twice', ''),
  if(bitAnd(flags, 14) != 0 AND tupleElement(last_step, 'time') > ended_at + toIntervalMillisecond(${uint32(clockSkewMs)}), 'event_after_end', ''),
  if(arrayExists(gap -> gap < -toInt64(${uint32(clockSkewMs)}), arrayDifference(arrayMap(
    done -> toUnixTimestamp64Milli(done.at),
    arraySort(done -> (indexOf(plan, done.step), done.at), arrayFilter(done -> has(plan, done.step), completions))))), 'out_of_order', '')])`;

/** Whether a row of \`sagas\` breaks any rule. */
export const inconsistent: Sql = sql`notEmpty(${brokenRules})`;

/** Whether a row of `sagas` is open past its declared deadline. */
export function overdue(nowMs: number): Sql {
  return sql`(bitAnd(flags, 30) = 0 AND deadline > toDateTime64(0, 3) AND deadline < ${moment(nowMs)})`;
}

/** To the end, or to the last event of an open saga, in ms. */
export const durationMs: Sql = sql`greatest(0, toUnixTimestamp64Milli(if(bitAnd(flags, 14) != 0, ended_at, last_event_at)) - toUnixTimestamp64Milli(started))`;
