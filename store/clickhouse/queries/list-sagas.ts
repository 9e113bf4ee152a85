import type { SagaSummary } from "#contracts/api/saga.ts";
import { and, moment, moments, type Sql, sql, uint32 } from "#lib/sql.ts";
import { type Asker, readsTooManyRows } from "#store/clickhouse/ask.ts";
import { type CountedHour, hoursOfLongest, hoursToRead, startedInHours, wholeHours } from "./counted-hours.ts";
import { type Counting, countingOf, lookedFor, type Paged } from "./counting-of.ts";
import { listAlone } from "./listed-sagas.ts";
import type { Lateness } from "./saga-expressions.ts";
import { facetClauses, otherClauses, rowsOf, type SagaFilter } from "./saga-filter.ts";
import {
  after,
  Head,
  headColumns,
  headOf,
  orderBy,
  reached,
  type SagaCursor,
  type SagaOrder,
  type Sorting,
  upTo,
} from "./saga-order.ts";
import { partsFirst } from "./saga-place.ts";
import { SagaRow, sagaColumns } from "./saga-row.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

/** A page to find, and what counts say of its filter (`countingOf`), where that is asked for already. */
interface Page extends Paged {
  readonly limit: number;
  readonly late: Lateness;
  readonly counting?: Counting | undefined;
}

/** One page of the sagas that match, at most `limit` rows, after `cursor` in this order. */
export async function listSagas(asker: Asker, filter: SagaFilter, page: Page): Promise<SagaSummary[]> {
  return (await findSagas(asker, filter, page)).rows;
}

/**
 * `listSagas`, and whether these are all that match behind the cursor. A page is found by what it is sorted by and by the start alone,
 * which are short to read; only the rows of the page are read whole. Many sagas of one value and start at a cursor may hide the page:
 * then more are looked at.
 */
export async function findSagas(
  asker: Asker,
  filter: SagaFilter,
  { order, cursor, limit, late, counting = countingOf(asker, filter, { late, page: { order, cursor } }) }: Page,
): Promise<{ rows: SagaSummary[]; areAll: boolean }> {
  const facets = Object.values(facetClauses(filter, late));
  const clauses = [otherClauses(filter, late), ...facets];
  const sorting = { ...order, late };
  const atOnce = mayBeFew(asker, filter) ? await fewAtOnce(asker, clauses, { sorting, cursor, limit }) : undefined;
  if (atOnce) return atOnce;
  const heads = async (looked: number, where: readonly Sql[]) =>
    await asker.ask(
      sql`SELECT ${headColumns(sorting)} FROM ${rowsOf(asker, filter)}
        WHERE ${and(cursor ? [...where, reached(cursor, sorting)] : where)}
        ORDER BY ${headOf(sorting)} LIMIT ${uint32(looked)} WITH TIES`,
      Head,
    );
  const hoursWith = counting && hoursBy(counting, filter, { order, cursor, late });
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
    if (!last) return { rows: [], areAll: true };
    // Other sagas of the same starts may lie further behind: what lies between is not among these.
    const on = sql`${startedAsOneOf(found.map(({ startedMs }) => startedMs))} AND ${upTo(last, sorting)}`;
    const rows = await asker.ask(
      sql`SELECT ${sagaColumns(late)} FROM ${rowsOf(asker, filter)}
        WHERE ${and([on, ...clauses, ...(cursor ? [after(cursor, sorting)] : [])])}
        ORDER BY ${orderBy(sorting)} LIMIT 1 BY saga_id LIMIT ${uint32(limit)}`,
      SagaRow,
    );
    if (rows.length >= limit || found.length < looked) return { rows, areAll: rows.length === found.length };
  }
}

/** Whether an index finds what is asked for wherever it lies, and that may be little. */
const mayBeFew = (asker: Asker, filter: SagaFilter): boolean =>
  filter.labels.length > 0 && rowsOf(asker, filter) === listAlone;

/** As many as lie in the blocks of one page whose rows lie far apart. */
const mostToRead = 500_000;

/**
 * A page that is read whole from the start, without looking first for what is on it: half the work where few rows are looked at.
 * Undefined where they are not few, which the store says before it reads them, or where several sagas have one id.
 */
async function fewAtOnce(
  asker: Asker,
  clauses: readonly Sql[],
  { sorting, cursor, limit }: { sorting: Sorting; cursor: SagaCursor | undefined; limit: number },
): Promise<{ rows: SagaSummary[]; areAll: boolean } | undefined> {
  const where = and(cursor ? [...clauses, after(cursor, sorting)] : clauses);
  try {
    const rows = await asker.ask(
      sql`SELECT ${sagaColumns(sorting.late)} FROM ${listAlone} WHERE ${where}
        ORDER BY ${orderBy(sorting)} LIMIT ${uint32(limit)} ${partsFirst}, max_rows_to_read = ${uint32(mostToRead)}`,
      SagaRow,
    );
    const isEachOne = new Set(rows.map(({ id }) => id)).size === rows.length;
    return isEachOne ? { rows, areAll: rows.length < limit } : undefined;
  } catch (error) {
    if (readsTooManyRows(error)) return undefined;
    throw error;
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
  counting: Counting,
  filter: SagaFilter,
  { order, cursor, late }: Paged & { late: Lateness },
): HoursWith | undefined {
  const looked = lookedFor(filter, { order, cursor }, late);
  if (!looked) return undefined;
  const window = looked.byLongest ? filter.window : behind(filter.window, order, cursor);
  return async (wanted) => {
    const counted = wholeHours((await counting()).hours, window);
    const hours = looked.byLongest
      ? hoursOfLongest(window, { counted, wanted })
      : hoursToRead(window, { counted, wanted, direction: order.direction });
    return { hours, matching: sumOf(counted) };
  };
}

const sumOf = (counted: readonly CountedHour[]) => counted.reduce((sum, { matching }) => sum + matching, 0);

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
