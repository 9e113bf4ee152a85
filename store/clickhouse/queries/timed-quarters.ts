import { z } from "zod";
import { and, moment, type Sql, seconds, sql, string } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { mostPeriods } from "./counted-hours.ts";
import { listAlone } from "./listed-sagas.ts";
import { otherPeriods, startedWithin, type TimeWindow } from "./time-window.ts";

export const quarterSeconds = 900;
const quarterMs = quarterSeconds * 1000;

/** The quarter of an hour in which a moment lies. */
export const quarterOf = (at: Sql): Sql => sql`toStartOfFifteenMinutes(${at})`;

/**
 * A window's quarters (ms since the epoch) of which `saga_durations` says how long their sagas took: those that have come to rest,
 * where sagas are read from the list alone and buckets are whole quarters.
 */
export async function timedQuarters(asker: Asker, window: TimeWindow, bucketSeconds?: number): Promise<number[]> {
  const isOfQuarters = bucketSeconds === undefined || bucketSeconds % quarterSeconds === 0;
  const [first, end] = [Math.ceil(window.fromMs / quarterMs), Math.floor(window.toMs / quarterMs)];
  if (asker.sagas !== listAlone || !isOfQuarters || first >= end || end - first > mostPeriods) return [];
  const within = sql`quarter >= toDateTime(${moment(first * quarterMs)}) AND quarter < toDateTime(${moment(end * quarterMs)})`;
  const rows = await asker.ask(
    sql`SELECT toUnixTimestamp(quarter) AS start FROM (SELECT quarter, counted_at FROM saga_quarters FINAL WHERE holds AND ${within}) AS held
      INNER JOIN (SELECT quarter, max(counted_at) AS timed_at FROM saga_durations WHERE ${within} AND step = '' GROUP BY quarter) AS timed USING quarter
      WHERE timed_at >= counted_at ORDER BY start LIMIT 10000`,
    z.object({ start: Count }),
  );
  return rows.map(({ start }) => start * 1000);
}

/** Sagas that started within the window, but for those of the timed quarters. */
export function untimed(window: TimeWindow, timed: readonly number[]): Sql {
  if (timed.length === 0) return startedWithin(window);
  return sql`${startedWithin(window)} AND ${quarterOf(sql`started`)} IN ${seconds(otherPeriods(window, quarterMs, timed))}`;
}

/** The rows of `saga_durations` that hold of these quarters, to be read as a table. */
export const timedRows = (timed: readonly number[]): Sql =>
  sql`(SELECT * FROM saga_durations WHERE quarter IN ${seconds(timed)} AND (quarter, counted_at) IN (
    SELECT quarter, max(counted_at) FROM saga_durations WHERE quarter IN ${seconds(timed)} GROUP BY quarter))`;

/** Which durations are meant: of whole sagas, of attempts at a step or at any; of one type, or of all. */
export interface Timed {
  readonly of: "sagas" | "steps" | { readonly step: string };
  readonly type?: string | undefined;
}

/** Which durations are counted together, as buckets of sagas/histogram.ts; the longest ones are told apart as well. */
export const alike: Sql = sql`if(ms < 1, 0, 1 + toUInt16(floor(log2(ms) * 16)))`;

/**
 * Durations of `rows` (a question that gives `type`, `step`, `at` and `ms`) one by one or, where there are timed quarters, alike ones
 * together and those of these beside them: `times` is how many, `at` the quarter.
 */
export function withTimed(rows: Sql, timed: readonly number[], { of, type }: Timed): Sql {
  if (timed.length === 0) return sql`SELECT type, step, at, ms, toUInt32(1) AS times FROM (${rows})`;
  const clauses = [stepIs(of)];
  if (type !== undefined) clauses.push(sql`saga_type = ${string(type)}`);
  return sql`SELECT type, step, quarter AS at, avg(ms) AS ms, toUInt32(count()) AS times
    FROM (SELECT type, step, ${quarterOf(sql`at`)} AS quarter, ms, ${alike} AS alike FROM (${rows})) GROUP BY type, step, quarter, alike
    UNION ALL
    SELECT toString(saga_type) AS type, toString(step) AS step, quarter AS at, alike.1 AS ms, alike.2 AS times
    FROM ${timedRows(timed)} AS counted ARRAY JOIN arrayZip(counted.ms, counted.times) AS alike WHERE ${and(clauses)}`;
}

function stepIs(of: Timed["of"]): Sql {
  if (of === "sagas") return sql`step = ''`;
  return of === "steps" ? sql`step != ''` : sql`step = ${string(of.step)}`;
}

const levels = sql`0.5, 0.95, 0.99`;
/** Where one lies just at a level, the exact ones are the duration behind it, the others would be the one before it. */
const levelsOfMany = sql`0.500000001, 0.950000001, 0.990000001`;

/**
 * p50, p95 and p99 of `ms`, each `times` times: of durations one by one the exact ones, of such as are counted together to within
 * 4.4 %. At once, or as a state `all` that is merged.
 */
export const percentilesOf = (
  timed: readonly number[],
): { readonly now: Sql; readonly state: Sql; readonly merged: Sql } =>
  timed.length === 0
    ? {
        now: sql`quantilesExact(${levels})(ms)`,
        state: sql`quantilesExactState(${levels})(ms)`,
        merged: sql`quantilesExactMerge(${levels})(all)`,
      }
    : {
        now: sql`quantilesExactWeighted(${levelsOfMany})(ms, times)`,
        state: sql`quantilesExactWeightedState(${levelsOfMany})(ms, times)`,
        merged: sql`quantilesExactWeightedMerge(${levelsOfMany})(all)`,
      };
