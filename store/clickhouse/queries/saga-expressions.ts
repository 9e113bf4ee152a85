import type { BreachRule, SagaState, Verdict } from "#contracts/api/saga.ts";
import { breachRules, sagaStates, verdicts } from "#contracts/words.ts";
import { type Hole, int64, int64s, moment, type Sql, sql, strings, uint8, uint32, uint64s } from "#lib/sql.ts";
import { type LearnedLimit, type LearnedPlace, Limits } from "#sagas/outlook/limits.ts";
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

/** Whether a row of `sagas` is in a state: the same as `state` says, told by its flags alone. */
export const isIn: Readonly<Record<SagaState, Sql>> = {
  resolved: sql`bitAnd(flags, 16) = 16`,
  failed: sql`bitAnd(flags, 24) = 8`,
  compensated: sql`bitAnd(flags, 28) = 4`,
  completed: sql`bitAnd(flags, 30) = 2`,
  compensating: sql`bitAnd(flags, 62) = 32`,
  running: sql`bitAnd(flags, 62) = 0`,
};

/** The place of a row's state in `sagaStates`, from 0. */
export const stateRank: Sql = sagaStates
  .map((name, rank) => sql`(${isIn[name]}) * ${uint8(rank)}`)
  .reduce((all, one) => sql`${all} + ${one}`);

/** The code of a row's last error, of `facets`: a short text, cut once for all rows that share it, and the whole of the error is not read. */
export const errorCodeOf: Sql = sql`substringIndex(substringIndex(facets, '\\0', 3), '\\0', -1)`;

/** The state that `flags` of a row say. */
export function stateOfFlags(flags: number): SagaState {
  if (flags & 16) return "resolved";
  if (flags & 8) return "failed";
  if (flags & 4) return "compensated";
  if (flags & 2) return "completed";
  return flags & 32 ? "compensating" : "running";
}

/** Whether `flags` of a row say that the saga's own work has ended. */
export const hasEnded = (flags: number): boolean => (flags & 14) !== 0;

/**
 * `rows` of `sagas`, with what the rules name beside them. Each is a step of its own, since a lambda within a lambda takes
 * ClickHouse's analyser long: `done_order` and `undone_order` are steps in the order in which they completed and were undone,
 * `tries_in_order` says which attempts were told of, where there were several. `pairs` are of sagas that ask for the reverse
 * order: for each compensation when it and when what it undid completed, in ms, by the former.
 */
export const withOrders = (rows: Sql): Sql => sql`(
  SELECT *, arraySort(arrayMap((undo, done) -> (undo.3, done.3),
      arrayFilter((undo, done) -> undo.1 = done.1, arrayPopFront(firsts), arrayPopBack(firsts)),
      arrayFilter((done, undo) -> undo.1 = done.1, arrayPopBack(firsts), arrayPopFront(firsts)))) AS pairs
  FROM (
    SELECT *, arrayFilter((now, before) -> (now.1, now.2) != (before.1, before.2), told, arrayShiftRight(told, 1)) AS firsts
    FROM (
      SELECT *,
        arraySort((step, at) -> (at, step), tupleElement(completions, 'step'), tupleElement(completions, 'at')) AS done_order,
        arraySort((step, at) -> at, tupleElement(undone, 'step'), tupleElement(undone, 'at')) AS undone_order,
        if(max_attempt > 1, arraySort(tries), []) AS tries_in_order,
        if(bitAnd(flags, 256) != 0 AND length(steps_compensated) > 1, arraySort(arrayConcat(
          arrayMap(done -> (done.step, 0, toUnixTimestamp64Milli(done.at)), completions),
          arrayMap(undo -> (undo.step, 1, toUnixTimestamp64Milli(undo.at)), undone))), []) AS told
      FROM ${rows})))`;

// No lambda uses what is named outside it: ClickHouse would copy that for every element, which of ten thousand steps is too much.

/** Nearly every saga keeps to its plan, which is soon seen. */
const outOfOrder = sql`(done_order != arraySlice(plan, 1, length(completions))
  AND arrayExists(gap -> gap < -toInt64(${uint32(clockSkewMs)}), arrayDifference(arrayMap(
    done -> toUnixTimestamp64Milli(done.at),
    arraySort(done -> (indexOf(plan, done.step), done.at), arrayFilter(done -> has(plan, done.step), completions))))))`;

/** Whether of two steps that were undone one after the other the one that had completed first was undone first. */
const undoneInOrderOfDoing = sql`(undone_order != arrayReverse(done_order) AND arrayExists(
  (late, early) -> late.1 - early.1 > ${uint32(clockSkewMs)} AND late.2 - early.2 > ${uint32(clockSkewMs)},
  arrayPopFront(pairs), arrayPopBack(pairs)))`;

/** Whether an attempt was told of, and the one before it was not. */
const missesAttempt = sql`arrayExists((now, before) -> bitAnd(now, 65535) > 1 AND before + 1 != now,
  tries_in_order, arrayShiftRight(tries_in_order, 1))`;

/** When a row of `withOrders` breaks each rule of `breachesOf` in `sagas/verdicts.ts`. */
const breaks: Readonly<Record<BreachRule, Sql>> = {
  two_ends: sql`(bitCount(bitAnd(flags, 14)) > 1)`,
  never_compensated: sql`(bitAnd(flags, 4) != 0 AND NOT hasAll(steps_compensated, steps_completed))`,
  compensated_without_effect: sql`(bitAnd(flags, 14) != 0 AND NOT hasAll(steps_completed, steps_compensated))`,
  effect_twice: sql`(length(completions) > length(steps_completed) AND length(arrayDistinct(tupleElement(completions, 'event'))) > length(steps_completed))`,
  event_after_end: sql`(bitAnd(flags, 14) != 0 AND tupleElement(last_step, 'time') > ended_at + toIntervalMillisecond(${uint32(clockSkewMs)}))`,
  out_of_order: outOfOrder,
  undone_out_of_order: undoneInOrderOfDoing,
  missing_event: sql`(bitAnd(flags, 14) != 0 AND (${missesAttempt}
    OR (bitAnd(flags, 14) = 2 AND length(plans) = 1 AND NOT hasAll(steps_completed, plan))))`,
};

const brokenBits = breachRules
  .map((rule, index) => sql`${breaks[rule]} * ${uint8(2 ** index)}`)
  .reduce((all, bit) => sql`${all} + ${bit}`);

/** The rules that a row of `withOrders` breaks, by name; none of a saga that was resolved. */
export const brokenRules: Sql = sql`arrayMap(bit -> arrayElement(${strings(breachRules)}, bit + 1),
  bitPositionsToArray(if(bitAnd(flags, 16) = 0, ${brokenBits}, 0)))`;

/** What it depends on whether a saga is overdue: now, and how long sagas wait at most, as learned. Of now alone, declared deadlines. */
export type Lateness = number | { readonly nowMs: number; readonly limits: Limits };

/**
 * Whether a row of `listedSagas` is open past its due time: its declared deadline or, where it has none, the learned limit of the
 * position that it waits in. `dueOf` in `sagas/summary.ts` says the same of events.
 */
export function overdue(late: Lateness): Sql {
  const { nowMs, limits } = typeof late === "number" ? { nowMs: late, limits: Limits.none } : late;
  return sql`(waits_in != 0 AND if(waits_until > toDateTime64(0, 3), waits_until < ${moment(nowMs)}, ${learnedDue(limits)} < ${int64(nowMs)}))`;
}

/** A row's verdicts as a number: of several their sum, each twice the one before it in `verdicts`. */
export function verdictRank(late: Lateness): Sql {
  const has: Record<Verdict, Sql> = { overdue: overdue(late), inconsistent: sql`notEmpty(broken)` };
  return verdicts
    .map((name, rank) => sql`(${has[name]}) * ${uint8(2 ** rank)}`)
    .reduce((all, one) => sql`${all} + ${one}`);
}

/** In ms, of a moment that does not come: larger than any that does. */
export const never = Number.MAX_SAFE_INTEGER;

/** When an open row of `listedSagas` has waited in its position for as long as its limit, in ms; never where there is none. */
export function learnedDue(limits: Limits): Sql {
  const all = limits.all();
  if (all.length === 0) return sql`${int64(never)}`;
  const limit = sql`transform(waits_in, ${keysOf(all)}, ${int64s(all.map(({ limitMs }) => limitMs))}, ${int64(never)})`;
  return sql`least(toUnixTimestamp64Milli(waits_since) + ${limit}, ${int64(never)})`;
}

/** The numbers of these places, as `waits_in` has them: at hand, or to be worked out by the store, which takes it 10 ms of each question. */
function keysOf(limits: readonly LearnedLimit[]): Hole | Sql {
  const keys = limits.flatMap(({ key }) => (key === undefined ? [] : [key]));
  return keys.length === limits.length ? uint64s(keys) : placeKeys(limits);
}

/** The same as an expression: an array in their order. */
export function placeKeys(limits: readonly LearnedPlace[]): Sql {
  const places = limits.map((limit) => ({ ...limit, ...readPosition(limit.position) }));
  const list = (of: (one: (typeof places)[number]) => string) => strings(places.map(of));
  return sql`arrayMap((type, version, event_type, step, attempt) -> cityHash64(type, version, cityHash64(event_type, step, toUInt16(attempt))),
    ${list(({ type }) => type)}, ${list(({ version }) => version)}, ${list(({ eventType }) => eventType)}, ${list(({ step }) => step)}, ${int64s(places.map(({ attempt }) => attempt))})`;
}

/** The steps of a row of `sagas` that are still done, once it has begun to undo or has ended badly. */
export const heldSteps: Sql = sql`if(bitAnd(flags, 44) = 0, [], arrayFilter(step -> NOT has(steps_compensated, step), steps_completed))`;

/** Whether one of the `steps` is among what `residualsOf` in `sagas/residuals.ts` finds of a row of `listedSagas`. */
export const hasResidual = (steps: readonly string[], late: Lateness): Sql =>
  sql`(hasAny(held, ${strings(steps)}) AND ${leavesResiduals(late)})`;

/** What `residualsOf` finds of a row of `listedSagas`: names of steps. */
export const residualSteps = (late: Lateness): Sql => sql`if(${leavesResiduals(late)}, held, [])`;

const leavesResiduals = (late: Lateness) =>
  sql`(bitAnd(flags, 16) = 0 AND (bitAnd(flags, 12) != 0 OR (bitAnd(flags, 46) = 32 AND ${overdue(late)})))`;

/** When the saga of a row began: `started` is under what it is stored. `startOf` in `sagas/start.ts` says the same of events. */
export const began: Sql = sql`(started - toIntervalMillisecond(early_ms))`;

/** From then to the end, or to the last event of an open saga, in ms. */
export const durationMs: Sql = sql`greatest(0, toUnixTimestamp64Milli(if(bitAnd(flags, 14) != 0, ended_at, last_event_at)) - toUnixTimestamp64Milli(started) + early_ms)`;

/** `early_ms` of the saga that rows of `saga_events` are of, as the view folds it. */
export const earlyMs: Sql = sql`maxIf(toUInt64(greatest(0, toUnixTimestamp64Milli(saga_started) - toUnixTimestamp64Milli(time))), start_unsaid)`;
