import { z } from "zod";
import { SagascopeError } from "#lib/errors.ts";
import { moment, type Sql, seconds, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { type Lateness, overdue } from "./saga-expressions.ts";
import { otherPeriods, startedWithin, type TimeWindow } from "./time-window.ts";

const hourMs = 3_600_000;
/** As many as one parameter of a question holds. */
export const mostPeriods = 9_000;

/** The hour in which a saga of `saga_list` started. */
export const hourOf: Sql = sql`toStartOfHour(started)`;

/** Whether a window is of few enough hours to be read by them. */
export const isOfHours = ({ fromMs, toMs }: TimeWindow): boolean => (toMs - fromMs) / hourMs <= mostPeriods;

/** Sagas that started within the window, in one of these hours (ms since the epoch). */
export const startedInHours = (window: TimeWindow, hours: readonly number[]): Sql =>
  sql`${startedWithin(window)} AND ${hourOf} IN ${seconds(hours)}`;

/** The hours that the window touches, all or a part of each, but for the `counted` ones: of these `saga_list` has to be read. */
export const uncountedHours = (window: TimeWindow, counted: readonly number[]): number[] =>
  otherPeriods(window, hourMs, counted);

/** Those of the counted hours that lie whole within the window. */
export const wholeHours = (counted: readonly CountedHour[], { fromMs, toMs }: TimeWindow): CountedHour[] =>
  counted.filter(({ hour }) => hour >= fromMs && hour + hourMs <= toMs);

/** Whether a row of `saga_counts` holds, and tells kinds apart by all that they are told apart by here. */
export const holds: Sql = sql`holds AND length(saga_counts.saga_version) = length(saga_counts.facets)`;

/** The counts that hold of whole hours within the window. */
const counted = ({ fromMs, toMs }: TimeWindow): Sql => sql`(
  SELECT * FROM saga_counts FINAL
  WHERE ${holds} AND hour >= ${moment(Math.ceil(fromMs / hourMs) * hourMs)} AND hour < ${moment(Math.floor(toMs / hourMs) * hourMs)})`;

/** What kinds of sagas are told apart by besides `facets`: what lists are narrowed by and many sagas share. */
export type KindColumn = "saga_version" | "services" | "versions" | "steps" | "steps_failed" | "error_step";

/** What is true of some kinds of sagas, told by `facets` (`ofFacets`) and by these columns, as `saga_list` names them. */
export interface OfKinds {
  readonly matches: Sql;
  readonly columns: readonly KindColumn[];
}

const names: Readonly<Record<KindColumn | "open" | "longest", Sql>> = {
  saga_version: sql`saga_version`,
  services: sql`services`,
  versions: sql`versions`,
  steps: sql`steps`,
  steps_failed: sql`steps_failed`,
  error_step: sql`error_step`,
  open: sql`open`,
  longest: sql`longest`,
};
const listed = (columns: readonly (keyof typeof names)[]): Sql =>
  columns.reduce((all, column) => sql`${all}, ${names[column]}`, sql``);

/**
 * A row for each kind of saga in a counted hour: `hour`, `facets`, `counted`, `last_error` and these columns, and `more`, which may be
 * made of them; no others are read.
 */
const kindsIn = (window: TimeWindow, columns: readonly (keyof typeof names)[], more: Sql = sql``): Sql => sql`(
  SELECT hour, facets, sagas AS counted${listed(columns)}${columns.includes("error_step") ? errorStep : sql``}${more}
  FROM ${counted(window)} ARRAY JOIN facets, sagas${listed(columns)})`;
const errorStep = sql`, CAST(tuple(error_step), 'Tuple(step LowCardinality(String))') AS last_error`;

/** The columns of `saga_list` that `facets` are made of, each cut once for all kinds that share `facets`. */
const ofFacets = sql`, toUInt16(substringIndex(facets, '\\0', 1)) AS flags, substringIndex(substringIndex(facets, '\\0', 2), '\\0', -1) AS saga_type,
    substringIndex(facets, '\\0', -1) AS names, if(names = '', [], splitByChar(',', toString(names))) AS broken`;

/** How many of a kind are overdue, of `open`. */
const lateOnes = (late: Lateness): Sql => sql`, arrayCount((waits_in, waits_since, waits_until) -> ${overdue(late)},
    tupleElement(open, 'waits_in'), tupleElement(open, 'waits_since'), tupleElement(open, 'waits_until')) AS late_ones`;

/** Sagas that facets do not tell apart, as `facets` of `saga_list` says, and how many of them are overdue. */
export const Kind = z.object({ facets: z.string(), sagas: Count, late: Count });
export type Kind = z.output<typeof Kind>;

/** A counted hour (ms since the epoch), with how many sagas match that started in it, and how long the longest of them took. */
export interface CountedHour {
  readonly hour: number;
  readonly matching: number;
  readonly longestMs: number;
}

/** Of the counted hours of a window: which these are, and how many sagas there are of each of `Kind`. */
export interface CountedSums {
  readonly hours: readonly CountedHour[];
  readonly kinds: readonly Kind[];
}

/** Which sagas of a kind an hour has to have, to be looked through for a page. */
export interface Looked {
  readonly facets: Sql;
  /** Those alone that are overdue. */
  readonly isOverdue: boolean;
  /** Whether it matters how long the longest took. */
  readonly byLongest: boolean;
}

const Sum = Kind.extend({ hour: Count, matching: Count, longest_ms: Count });

/** Hours come first: one that is cut off would be counted twice. */
const mostSums = 200_000;

/** Throws `TOO_LARGE` where some were cut off. */
function refuseCut(rows: readonly unknown[]): void {
  if (rows.length < mostSums) return;
  throw new SagascopeError("TOO_LARGE", `range: it has ${mostSums} kinds of sagas or more. Narrow the time.`);
}

/**
 * How many sagas of these kinds started within the counted ones of the window's hours, by their facets, and in which hours those are
 * that a page is made of.
 */
export async function countedSums(
  asker: Asker,
  window: TimeWindow,
  { of: { matches, columns }, late, looked }: { of: OfKinds; late: Lateness; looked: Looked | undefined },
): Promise<CountedSums> {
  const { facets = sql`0`, isOverdue = false, byLongest = false } = looked ?? {};
  const both = sql`${matches} AND ${facets}`;
  const read = [...columns, "open", ...(byLongest ? ["longest" as const] : [])] as const;
  // One reading gives rows of hours and, without an hour, rows of kinds: none counts what the other does not.
  const sums = await asker.ask(
    sql`SELECT toUnixTimestamp(hour) AS hour, facets, sumIf(counted, ${matches}) AS sagas, sumIf(late_ones, ${matches}) AS late,
        sumIf(${isOverdue ? sql`late_ones` : sql`counted`}, ${both}) AS matching, ${byLongest ? sql`maxIf(longest, ${both})` : sql`0`} AS longest_ms
      FROM ${kindsIn(window, read, sql`${lateOnes(late)}${ofFacets}`)}
      GROUP BY GROUPING SETS ((hour), (facets)) ORDER BY hour DESC LIMIT ${uint32(mostSums)}`,
    Sum,
  );
  refuseCut(sums);
  return {
    hours: sums.flatMap(({ hour, matching, longest_ms: longestMs }) =>
      hour > 0 ? [{ hour: hour * 1000, matching, longestMs }] : [],
    ),
    kinds: sums.flatMap(({ hour, facets, sagas, late }) => (hour > 0 ? [] : [{ facets, sagas, late }])),
  };
}

const Value = z.object({ hour: Count, value: z.string(), sagas: Count });

/**
 * How many sagas of these kinds each of the `values` (an array of a row of kinds) finds of those that started within the counted ones
 * of the window's hours, and which hours these are.
 */
export async function countedValues(
  asker: Asker,
  window: TimeWindow,
  { of: { matches, columns }, values }: { of: OfKinds; values: Sql },
): Promise<{ hours: number[]; values: { value: string; sagas: number }[] }> {
  // Each kind has a value that finds nothing, so that every hour has a row.
  const rows = await asker.ask(
    sql`SELECT toUnixTimestamp(hour) AS hour, value, sum(finds) AS sagas FROM (
        SELECT hour, toString(arrayJoin(arrayPushFront(arrayDistinct(${values}), ''))) AS value, counted * (${matches}) AS finds
        FROM ${kindsIn(window, columns, ofFacets)})
      GROUP BY GROUPING SETS ((hour), (value)) ORDER BY hour DESC LIMIT ${uint32(mostSums)}`,
    Value,
  );
  refuseCut(rows);
  return {
    hours: rows.flatMap(({ hour }) => (hour > 0 ? [hour * 1000] : [])),
    values: rows.flatMap(({ hour, ...value }) => (hour > 0 ? [] : [value])),
  };
}

/**
 * The hours of the window in which its first `wanted` matches lie, of its end on (`desc`) or of its beginning, as far as is known:
 * the nearest counted ones that have as many, and all that are not counted.
 */
export function hoursToRead(
  window: TimeWindow,
  {
    counted,
    wanted,
    direction,
  }: { counted: readonly Pick<CountedHour, "hour" | "matching">[]; wanted: number; direction: "asc" | "desc" },
): number[] {
  const sign = direction === "asc" ? 1 : -1;
  const hours = uncountedHours(
    window,
    counted.map(({ hour }) => hour),
  );
  let found = 0;
  for (const { hour, matching } of counted.toSorted((a, b) => sign * (a.hour - b.hour))) {
    if (found >= wanted) break;
    if (matching > 0) hours.push(hour);
    found += matching;
  }
  return hours;
}

/**
 * The hours of the window in which its `wanted` longest matches lie: each of the `wanted` hours of the longest ones has one that is as
 * long as the last of these or longer, so that none of another hour is among them; and all that are not counted.
 */
export function hoursOfLongest(
  window: TimeWindow,
  { counted, wanted }: { counted: readonly CountedHour[]; wanted: number },
): number[] {
  const have = counted.filter(({ matching }) => matching > 0).sort((a, b) => b.longestMs - a.longestMs);
  const shortestMs = have[wanted - 1]?.longestMs ?? 0;
  const uncounted = uncountedHours(
    window,
    counted.map(({ hour }) => hour),
  );
  return [...uncounted, ...have.filter(({ longestMs }) => longestMs >= shortestMs).map(({ hour }) => hour)];
}
