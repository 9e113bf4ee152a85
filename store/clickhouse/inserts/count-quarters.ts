import { type Sql, seconds, sql } from "#lib/sql.ts";
import { errorsOf } from "#store/clickhouse/queries/error-groups.ts";
import { listAlone } from "#store/clickhouse/queries/listed-sagas.ts";
import { endedSagas } from "#store/clickhouse/queries/saga-latency.ts";
import { attemptsOf } from "#store/clickhouse/queries/step-latency.ts";
import { alike, quarterOf } from "#store/clickhouse/queries/timed-quarters.ts";
import type { Periods } from "./period-counter.ts";

const started = quarterOf(sql`started`);

/** The quarters of an hour of `saga_quarters`, with what `saga_durations` has of them. */
export const countedQuarters: Periods = {
  of: started,
  atOnce: 96,
  counted: sql`SELECT toUnixTimestamp(quarter) AS period, toUnixTimestamp64Milli(toDateTime64(counted_at, 3, 'UTC')) AS at_ms, saga_quarters.sagas AS sagas
    FROM saga_quarters FINAL WHERE holds`,
  takeBack: (quarters) =>
    sql`INSERT INTO saga_quarters (quarter, counted_at, holds, sagas) SELECT arrayJoin(${seconds(quarters)}), now64(6), 0, 0`,
  // First how long they took: where a quarter holds, that is there.
  count: (quarters, at) => {
    const within = sql`${started} IN ${seconds(quarters)}`;
    return [
      insertDurations(within, at),
      sql`INSERT INTO saga_quarters (quarter, counted_at, holds, sagas)
        SELECT ${started} AS quarter, ${at}, 1, count() FROM ${listAlone} WHERE ${within} GROUP BY quarter`,
    ];
  },
};

/** All rows of a quarter have to be there at once: one thread makes one block of them, which is one part of each month. */
const insertDurations = (within: Sql, at: Sql): Sql => {
  const none = sql`toDateTime(0, 'UTC')`;
  const end = sql`bitAnd(flags, 14)`;
  const whole = sql`toString(saga_type) AS type, toLowCardinality('') AS step, ${started} AS quarter`;
  const parts: Readonly<Record<"durations" | "ends" | "errors", Sql>> = {
    durations: sql`SELECT type, step, quarter, groupArray(mean) AS ms, groupArray(many) AS times, [] AS ends, [] AS errors
      FROM (SELECT type, step, ${quarterOf(sql`at`)} AS quarter, avg(ms) AS mean, toUInt32(count()) AS many
        FROM (${endedSagas(listAlone, within)} UNION ALL ${attemptsOf(within, {})}) GROUP BY type, step, quarter, ${alike})
      GROUP BY type, step, quarter`,
    ends: sql`SELECT type, step, quarter, [] AS ms, [] AS times, groupArray((ended, ended_as, many)) AS ends, [] AS errors
      FROM (SELECT ${whole}, if(${end} = 0, ${none}, ${quarterOf(sql`ended_at`)}) AS ended, toUInt8(${end}) AS ended_as, toUInt32(count()) AS many
        FROM ${listAlone} WHERE ${within} GROUP BY type, quarter, ended, ended_as)
      GROUP BY type, step, quarter`,
    errors: sql`SELECT type, step, quarter, [] AS ms, [] AS times, [] AS ends, groupArray((code, at_step, message, oldest, newest, many)) AS errors
      FROM (SELECT ${whole}, ${errorsOf}, toUInt32(count()) AS many FROM ${listAlone} WHERE ${within} AND code != '' GROUP BY type, quarter, code, at_step)
      GROUP BY type, step, quarter`,
  };
  return sql`INSERT INTO saga_durations (quarter, saga_type, step, counted_at, ms, times, ends, errors)
    SELECT quarter, type, step, ${at}, groupArrayArray(ms), groupArrayArray(times), groupArrayArray(ends), groupArrayArray(errors)
    FROM (${parts.durations} UNION ALL ${parts.ends} UNION ALL ${parts.errors})
    GROUP BY quarter, type, step
    SETTINGS max_memory_usage = 1000000000`;
};
