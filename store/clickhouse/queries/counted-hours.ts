import { z } from "zod";
import { SagascopeError } from "#lib/errors.ts";
import { moment, type Sql, seconds, sql, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { type Lateness, overdue } from "./saga-expressions.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

const hourMs = 3_600_000;
/** As many as one parameter of a question holds. */
const mostHours = 9_000;

/** The hour in which a saga of `saga_list` started. */
export const hourOf: Sql = sql`toStartOfHour(started)`;

/** Whether a window is of few enough hours to be read by them. */
export const isOfHours = ({ fromMs, toMs }: TimeWindow): boolean => (toMs - fromMs) / hourMs <= mostHours;

/** Sagas that started within the window, in one of these hours (ms since the epoch). */
export const startedInHours = (window: TimeWindow, hours: readonly number[]): Sql =>
  sql`${startedWithin(window)} AND ${hourOf} IN ${seconds(hours)}`;

/** The hours that the window touches, all or a part of each, but for the `counted` ones: of these `saga_list` has to be read. */
export function uncountedHours({ fromMs, toMs }: TimeWindow, counted: readonly number[]): number[] {
  const are = new Set(counted);
  const first = Math.floor(fromMs / hourMs);
  return Array.from(
    { length: Math.max(0, Math.ceil(toMs / hourMs) - first) },
    (_, index) => (first + index) * hourMs,
  ).filter((hour) => !are.has(hour));
}

/** Whether a row of `saga_counts` holds, and tells kinds apart by all that they are told apart by here. */
export const holds: Sql = sql`holds AND length(saga_counts.saga_version) = length(saga_counts.facets)`;

/** The counts that hold of whole hours within the window. */
const counted = ({ fromMs, toMs }: TimeWindow): Sql => sql`(
  SELECT * FROM saga_counts FINAL
  WHERE ${holds} AND hour >= ${moment(Math.ceil(fromMs / hourMs) * hourMs)} AND hour < ${moment(Math.floor(toMs / hourMs) * hourMs)})`;

/** What kinds of sagas are told apart by besides `facets`: what lists are narrowed by and many sagas share. */
export type KindColumn = "saga_version" | "services" | "versions" | "steps" | "steps_failed" | "error_step";

/** What is true of some kinds of sagas, told by `facets` (`withFacets`) and by these columns, as `saga_list` names them. */
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

/** A row for each kind of saga in a counted hour: `hour`, `facets`, `counted`, `last_error` and these columns; no others are read. */
const kindsIn = (window: TimeWindow, columns: readonly (keyof typeof names)[]): Sql => sql`(
  SELECT hour, facets, sagas AS counted${listed(columns)}${columns.includes("error_step") ? errorStep : sql``}
  FROM ${counted(window)} ARRAY JOIN facets, sagas${listed(columns)})`;
const errorStep = sql`, CAST(tuple(error_step), 'Tuple(step LowCardinality(String))') AS last_error`;

/** A row for each open saga of a counted hour: the same of its kind, and what of `saga_list` tells whether it is overdue. */
const waitingIn = (window: TimeWindow, columns: readonly KindColumn[]): Sql => sql`(
  SELECT *, tupleElement(open, 'waits_in') AS waits_in, tupleElement(open, 'waits_since') AS waits_since,
    tupleElement(open, 'waits_until') AS waits_until
  FROM (SELECT * FROM ${kindsIn(window, [...columns, "open"])} ARRAY JOIN open))`;

/** Sagas that facets do not tell apart, as `facets` of `saga_list` says, and how many of them are overdue. */
export const Kind = z.object({ facets: z.string(), sagas: Count, late: Count });
export type Kind = z.output<typeof Kind>;

const Sum = Kind.extend({ hour: Count });

/** Hours come first: one that is cut off would be counted twice. */
const mostSums = 200_000;

/** Throws `TOO_LARGE` where some were cut off. */
function refuseCut(rows: readonly unknown[]): void {
  if (rows.length < mostSums) return;
  throw new SagascopeError("TOO_LARGE", `range: it has ${mostSums} kinds of sagas or more. Narrow the time.`);
}

/**
 * How many sagas of these kinds started within the counted ones of the window's
 * hours, by `facets` (which may come twice), and which hours these are.
 */
export async function countedSums(
  asker: Asker,
  window: TimeWindow,
  { of: { matches, columns }, late }: { of: OfKinds; late: Lateness },
): Promise<{ hours: number[]; kinds: Kind[] }> {
  // One reading gives rows of hours and, without an hour, rows of kinds: none counts what the other does not.
  const sums = await asker.ask(
    sql`SELECT * FROM (
        SELECT toUnixTimestamp(hour) AS hour, facets, sumIf(counted, ${matches}) AS sagas, toUInt64(0) AS late FROM ${kindsIn(window, columns)}
        GROUP BY GROUPING SETS ((hour), (facets))
        UNION ALL SELECT 0 AS hour, facets, toUInt64(0) AS sagas, count() AS late FROM ${waitingIn(window, columns)}
        WHERE ${matches} AND ${overdue(late)} GROUP BY facets)
      ORDER BY hour DESC LIMIT ${uint32(mostSums)}`,
    Sum,
  );
  refuseCut(sums);
  return {
    hours: sums.flatMap(({ hour }) => (hour > 0 ? [hour * 1000] : [])),
    kinds: sums.flatMap(({ hour, ...kind }) => (hour > 0 ? [] : [kind])),
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
        FROM ${withFacets(kindsIn(window, columns))})
      GROUP BY GROUPING SETS ((hour), (value)) ORDER BY hour DESC LIMIT ${uint32(mostSums)}`,
    Value,
  );
  refuseCut(rows);
  return {
    hours: rows.flatMap(({ hour }) => (hour > 0 ? [hour * 1000] : [])),
    values: rows.flatMap(({ hour, ...value }) => (hour > 0 ? [] : [value])),
  };
}

const Counted = z
  .object({ hour: Count, matching: Count })
  .transform(({ hour, matching }) => ({ hour: hour * 1000, matching }));
export type Counted = z.output<typeof Counted>;

/** The counted ones of the window's hours, each with how many sagas of these kinds. */
export const countedMatches = (asker: Asker, window: TimeWindow, { matches, columns }: OfKinds): Promise<Counted[]> =>
  asker.ask(
    sql`SELECT toUnixTimestamp(hour) AS hour, sumIf(counted, ${matches}) AS matching FROM ${withFacets(kindsIn(window, columns))}
      GROUP BY hour LIMIT 100000`,
    Counted,
  );

/** The counted ones of the window's hours, each with how many open sagas of it `matches` holds of. */
export const countedWaiting = (asker: Asker, window: TimeWindow, { matches, columns }: OfKinds): Promise<Counted[]> =>
  asker.ask(
    sql`SELECT toUnixTimestamp(hour) AS hour, max(matching) AS matching FROM (
        SELECT hour, toUInt64(0) AS matching FROM ${counted(window)}
        UNION ALL SELECT hour, countIf(${matches}) AS matching FROM ${withFacets(waitingIn(window, columns))} GROUP BY hour)
      GROUP BY hour LIMIT 100000`,
    Counted,
  );

const Longest = z
  .object({ hour: Count, matching: Count, longest_ms: Count })
  .transform(({ hour, matching, longest_ms: longestMs }) => ({ hour: hour * 1000, matching, longestMs }));
type Longest = z.output<typeof Longest>;

/** The counted ones of the window's hours, each with how many sagas of these kinds, and how long the longest of them took. */
export const countedLongest = (asker: Asker, window: TimeWindow, { matches, columns }: OfKinds): Promise<Longest[]> =>
  asker.ask(
    sql`SELECT toUnixTimestamp(hour) AS hour, sumIf(counted, ${matches}) AS matching, maxIf(longest, ${matches}) AS longest_ms
      FROM ${withFacets(kindsIn(window, [...columns, "longest"]))} GROUP BY hour LIMIT 100000`,
    Longest,
  );

/** `rows` that have `facets`, with the columns of `saga_list` that these are made of. */
const withFacets = (rows: Sql): Sql => sql`(
  SELECT *, toUInt16(arrayElement(parts, 1)) AS flags, arrayElement(parts, 2) AS saga_type,
    if(arrayElement(parts, 4) = '', [], splitByChar(',', arrayElement(parts, 4))) AS broken
  FROM (SELECT *, splitByChar('\\0', toString(facets)) AS parts FROM ${rows}))`;

/**
 * The hours of the window in which its first `wanted` matches lie, of its end on (`desc`) or of its beginning, as far as is known:
 * the nearest counted ones that have as many, and all that are not counted.
 */
export function hoursToRead(
  window: TimeWindow,
  { counted, wanted, direction }: { counted: readonly Counted[]; wanted: number; direction: "asc" | "desc" },
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
  { counted, wanted }: { counted: readonly Longest[]; wanted: number },
): number[] {
  const have = counted.filter(({ matching }) => matching > 0).sort((a, b) => b.longestMs - a.longestMs);
  const shortestMs = have[wanted - 1]?.longestMs ?? 0;
  const uncounted = uncountedHours(
    window,
    counted.map(({ hour }) => hour),
  );
  return [...uncounted, ...have.filter(({ longestMs }) => longestMs >= shortestMs).map(({ hour }) => hour)];
}
