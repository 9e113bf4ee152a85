import { int64, int64s, moment, type Sql, sql, strings, uint32 } from "#lib/sql.ts";
import { Limits } from "#sagas/outlook/limits.ts";
import { readPosition } from "#sagas/outlook/position.ts";
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

/** What it depends on whether a saga is overdue. */
export interface Lateness {
  readonly nowMs: number;
  readonly limits: Limits;
}

/** At this moment, by declared deadlines alone. */
export const byDeadline = (nowMs: number): Lateness => ({ nowMs, limits: Limits.none });

/**
 * Whether a row of `sagas` is open past its due time: its declared deadline or, where it has none, the learned limit of the
 * position that it waits in. `dueOf` in `sagas/summary.ts` says the same of events.
 */
export function overdue({ nowMs, limits }: Lateness): Sql {
  return sql`(bitAnd(flags, 30) = 0 AND ((deadline > toDateTime64(0, 3) AND deadline < ${moment(nowMs)})
    OR (deadline = toDateTime64(0, 3) AND ${learnedDue(limits)} < ${int64(nowMs)})))`;
}

const never = Number.MAX_SAFE_INTEGER;

/** When a row of `sagas` has waited in its position for as long as its limit, in ms; never where there is none. */
export function learnedDue(limits: Limits): Sql {
  const all = limits.all();
  if (all.length === 0) return sql`${int64(never)}`;
  const places = all.map((limit) => ({ ...limit, ...readPosition(limit.position) }));
  const list = (of: (one: (typeof places)[number]) => string) => strings(places.map(of));
  // As the view that feeds `sagas` has it.
  const known = sql`arrayMap((type, version, event_type, step, attempt) -> cityHash64(type, version, cityHash64(event_type, step, toUInt16(attempt))),
    ${list(({ type }) => type)}, ${list(({ version }) => version)}, ${list(({ eventType }) => eventType)}, ${list(({ step }) => step)}, ${int64s(places.map(({ attempt }) => attempt))})`;
  const own = sql`cityHash64(toString(saga_type), toString(saga_version), tupleElement(last_position, 'place'))`;
  const limit = sql`transform(${own}, ${known}, ${int64s(all.map(({ limitMs }) => limitMs))}, ${int64(-1)})`;
  return sql`if(${limit} < 0, ${int64(never)}, toUnixTimestamp64Milli(last_event_at) + ${limit})`;
}

/** To the end, or to the last event of an open saga, in ms. */
export const durationMs: Sql = sql`greatest(0, toUnixTimestamp64Milli(if(bitAnd(flags, 14) != 0, ended_at, last_event_at)) - toUnixTimestamp64Milli(started))`;
