import { z } from "zod";
import { moment, type Sql, seconds, sql } from "#lib/sql.ts";
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

/** The counts that hold of whole hours within the window. */
const counted = ({ fromMs, toMs }: TimeWindow): Sql => sql`(
  SELECT hour, facets, sagas, waiting FROM saga_counts FINAL
  WHERE holds AND hour >= ${moment(Math.ceil(fromMs / hourMs) * hourMs)} AND hour < ${moment(Math.floor(toMs / hourMs) * hourMs)})`;

/** A row for each kind of saga in a counted hour: `hour`, `facets`, `counted`. */
const kindsIn = (window: TimeWindow): Sql =>
  sql`(SELECT hour, kind AS facets, counted FROM ${counted(window)} ARRAY JOIN facets AS kind, sagas AS counted)`;

/** A row for each open saga of a counted hour: `hour`, and of `saga_list` what tells whether it is overdue, and `facets`. */
const waitingIn = (window: TimeWindow): Sql => sql`(
  SELECT hour, tupleElement(one, 'facets') AS facets, tupleElement(one, 'waits_in') AS waits_in,
    tupleElement(one, 'waits_since') AS waits_since, tupleElement(one, 'waits_until') AS waits_until
  FROM ${counted(window)} ARRAY JOIN waiting AS one)`;

/** Sagas of one kind, as `facets` of `saga_list` tells kinds apart, and how many of them are overdue. */
export const Kind = z.object({ facets: z.string(), sagas: Count, late: Count });
export type Kind = z.output<typeof Kind>;

const Sum = Kind.extend({ hour: Count });

/**
 * How many sagas of each kind started within the counted ones of the window's hours (a kind may come twice), and which hours
 * these are.
 */
export async function countedSums(
  asker: Asker,
  window: TimeWindow,
  at: Lateness,
): Promise<{ hours: number[]; kinds: Kind[] }> {
  // One reading gives rows of hours and, without an hour, rows of kinds: none counts what the other does not.
  const sums = await asker.ask(
    sql`SELECT toUnixTimestamp(hour) AS hour, facets, sum(counted) AS sagas, toUInt64(0) AS late FROM ${kindsIn(window)}
      GROUP BY GROUPING SETS ((hour), (facets))
      UNION ALL SELECT 0 AS hour, facets, toUInt64(0) AS sagas, count() AS late FROM ${waitingIn(window)}
      WHERE ${overdue(at)} GROUP BY facets LIMIT 200000`,
    Sum,
  );
  return {
    hours: sums.flatMap(({ hour }) => (hour > 0 ? [hour * 1000] : [])),
    kinds: sums.flatMap(({ hour, ...kind }) => (hour > 0 ? [] : [kind])),
  };
}

const Counted = z
  .object({ hour: Count, matching: Count })
  .transform(({ hour, matching }) => ({ hour: hour * 1000, matching }));
export type Counted = z.output<typeof Counted>;

/** The counted ones of the window's hours, each with how many sagas of it `matches` holds of, which may speak of facets alone. */
export const countedMatches = (asker: Asker, window: TimeWindow, matches: Sql): Promise<Counted[]> =>
  asker.ask(
    sql`SELECT toUnixTimestamp(hour) AS hour, sumIf(counted, ${matches}) AS matching FROM ${withFacets(kindsIn(window))}
      GROUP BY hour LIMIT 100000`,
    Counted,
  );

/** The counted ones of the window's hours, each with how many open sagas of it `matches` holds of. */
export const countedWaiting = (asker: Asker, window: TimeWindow, matches: Sql): Promise<Counted[]> =>
  asker.ask(
    sql`SELECT toUnixTimestamp(hour) AS hour, max(matching) AS matching FROM (
        SELECT hour, toUInt64(0) AS matching FROM ${counted(window)}
        UNION ALL SELECT hour, countIf(${matches}) AS matching FROM ${withFacets(waitingIn(window))} GROUP BY hour)
      GROUP BY hour LIMIT 100000`,
    Counted,
  );

/** `rows` that have `facets`, with the columns of `saga_list` that these are made of. */
export const withFacets = (rows: Sql): Sql => sql`(
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
