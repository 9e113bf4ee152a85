import type { SagaSummary } from "#contracts/api/saga.ts";
import { and, moment, moments, type Sql, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import {
  type Counted,
  countedLongest,
  countedMatches,
  countedWaiting,
  hoursOfLongest,
  hoursToRead,
  type OfKinds,
  startedInHours,
} from "./counted-hours.ts";
import type { Lateness } from "./saga-expressions.ts";
import { facetClauses, isByKinds, kindsOf, otherClauses, rowsOf, type SagaFilter } from "./saga-filter.ts";
import {
  after,
  Head,
  headColumns,
  headOf,
  orderBy,
  reached,
  type SagaCursor,
  type SagaOrder,
  upTo,
} from "./saga-order.ts";
import { SagaRow, sagaColumns } from "./saga-row.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

/**
 * One page of the sagas that match, at most `limit` rows, after `cursor` in this order. It is found by what it is sorted by and
 * by the start alone, which are short to read; only the rows of the page are read whole. Many sagas of one value and start at
 * a cursor may hide the page: then more are looked at.
 */
export async function listSagas(
  asker: Asker,
  filter: SagaFilter,
  { order, cursor, limit, late }: { order: SagaOrder; cursor: SagaCursor | undefined; limit: number; late: Lateness },
): Promise<SagaSummary[]> {
  const facets = Object.values(facetClauses(filter, late));
  const clauses = [otherClauses(filter, late), ...facets];
  const sorting = { ...order, late };
  const heads = async (looked: number, where: readonly Sql[]) =>
    await asker.ask(
      sql`SELECT ${headColumns(sorting)} FROM ${rowsOf(asker, filter)}
        WHERE ${and(cursor ? [...where, reached(cursor, sorting)] : where)}
        ORDER BY ${headOf(sorting)} LIMIT ${uint32(looked)} WITH TIES`,
      Head,
    );
  const kinds = kindsOf(filter);
  const byKinds = isByKinds(asker, filter) ? { ...kinds, matches: and([...facets, kinds.matches]) } : undefined;
  const hoursWith = byKinds && hoursBy(asker, { filter, order, cursor, kinds: byKinds });
  // How much of the window is looked through first: where nothing was counted, a miss costs all of the window.
  const share = hoursWith ? 1 / 360 : 1 / 30;
  const nowMs = typeof late === "number" ? late : late.nowMs;
  const near = isRare(filter) && hoursWith ? undefined : nearEnd(filter, order, { cursor, share, nowMs });
  const find = async (looked: number) => {
    const close = near ? await heads(looked, [near, ...clauses]) : [];
    if (close.length >= looked) return close;
    if (!hoursWith) return await heads(looked, clauses);
    const { hours, matching } = await hoursWith(looked);
    const found = await heads(looked, [startedInHours(filter.window, hours), ...clauses]);
    // Fewer than were counted: some have changed since.
    const isLess = found.length < looked && matching >= looked;
    return isLess ? await heads(looked, clauses) : found;
  };
  for (let looked = limit + 1; ; looked *= looked < manyLooked ? 16 : 4) {
    const found = await find(looked);
    const last = found.at(-1);
    if (!last) return [];
    // Other sagas of the same starts may lie further behind: what lies between is not among these.
    const on = sql`${startedAsOneOf(found.map(({ startedMs }) => startedMs))} AND ${upTo(last, sorting)}`;
    const rows = await asker.ask(
      sql`SELECT ${sagaColumns(late)} FROM ${rowsOf(asker, filter)}
        WHERE ${and([on, ...clauses, ...(cursor ? [after(cursor, sorting)] : [])])}
        ORDER BY ${orderBy(sorting)} LIMIT 1 BY saga_id LIMIT ${uint32(limit)}`,
      SagaRow,
    );
    if (rows.length >= limit || found.length < looked) return rows;
  }
}

/** From so many on each look is not so much longer than the one before it. */
const manyLooked = 5_000;

/** More starts than this are told by the stretch that they lie in: as a list they would outgrow a question. */
const mostStarts = 1000;

/** What is true of whatever started at one of these moments, and of little else. */
function startedAsOneOf(startsMs: readonly number[]): Sql {
  const distinct = [...new Set(startsMs)].sort((a, b) => a - b);
  const [first = 0, last = 0] = [distinct.at(0), distinct.at(-1)];
  return distinct.length > mostStarts
    ? startedWithin({ fromMs: first, toMs: last + 1 })
    : sql`started IN ${moments(distinct)}`;
}

/** Hours in which the first so many matches lie, and how many matches were counted there and elsewhere. */
type HoursWith = (wanted: number) => Promise<{ hours: number[]; matching: number }>;

/** What tells in which hours the first matches lie; undefined where what was counted does not. */
function hoursBy(
  asker: Asker,
  {
    filter,
    order,
    cursor,
    kinds,
  }: { filter: SagaFilter; order: SagaOrder; cursor: SagaCursor | undefined; kinds: OfKinds },
): HoursWith | undefined {
  const { verdicts } = filter;
  const isOverdue = verdicts.includes("overdue");
  if (order.by === "started" && (!isOverdue || verdicts.length === 1)) {
    const window = behind(filter.window, order, cursor);
    const count = once(() => (isOverdue ? countedWaiting : countedMatches)(asker, window, kinds));
    return async (wanted) => {
      const counted = await count();
      return { hours: hoursToRead(window, { counted, wanted, direction: order.direction }), matching: sumOf(counted) };
    };
  }
  // Behind a cursor the longest ones of an hour say nothing.
  if (order.by === "duration" && order.direction === "desc" && !cursor && !isOverdue) {
    const count = once(() => countedLongest(asker, filter.window, kinds));
    return async (wanted) => {
      const counted = await count();
      return { hours: hoursOfLongest(filter.window, { counted, wanted }), matching: sumOf(counted) };
    };
  }
  return undefined;
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const sumOf = (counted: readonly Counted[]) => counted.reduce((sum, { matching }) => sum + matching, 0);

/** Whether few sagas match, as a rule: then not many lie near the end of the window. */
const isRare = ({ states, verdicts, rules, errors, failedSteps, serviceVersions }: SagaFilter): boolean =>
  (states.length > 0 && !states.includes("completed")) ||
  [verdicts, rules, errors, failedSteps, serviceVersions].some(({ length }) => length > 0);

/** What of the window is not before the cursor. */
function behind({ fromMs, toMs }: TimeWindow, { direction }: SagaOrder, cursor: SagaCursor | undefined): TimeWindow {
  if (!cursor) return { fromMs, toMs };
  return direction === "asc"
    ? { fromMs: Math.max(fromMs, cursor.startedMs), toMs }
    : { fromMs, toMs: Math.min(toMs, cursor.startedMs + 1) };
}

/**
 * The end of the window at which the page begins: it lies there unless few sagas match, and most of the window is never read.
 * Undefined where an index finds what is asked for wherever it lies, or it is sorted by what has none.
 */
function nearEnd(
  filter: SagaFilter,
  { by, direction }: SagaOrder,
  { cursor, share, nowMs }: { cursor: SagaCursor | undefined; share: number; nowMs: number },
): Sql | undefined {
  const { window, labels, fingerprints, text } = filter;
  if (by !== "started" || filter.moment !== "started" || labels.length + fingerprints.length > 0 || text)
    return undefined;
  const toMs = Math.max(window.fromMs, Math.min(window.toMs, nowMs));
  const nearMs = (toMs - window.fromMs) * share;
  if (direction === "asc")
    return sql`started < ${moment(Math.max(window.fromMs, cursor?.startedMs ?? window.fromMs) + nearMs)}`;
  return sql`started >= ${moment(Math.min(toMs, cursor?.startedMs ?? toMs) - nearMs)}`;
}
