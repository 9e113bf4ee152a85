import { seconds, sql, uint32 } from "#lib/sql.ts";
import { holds, hourOf } from "#store/clickhouse/queries/counted-hours.ts";
import { listAlone } from "#store/clickhouse/queries/listed-sagas.ts";
import { durationMs } from "#store/clickhouse/queries/saga-expressions.ts";
import type { Periods } from "./period-counter.ts";

/** Of an hour in which more sagas are open, to add up costs what to read them costs: it is left as it is. */
const mostWaiting = 1000;
/** Nor one of so many kinds that to add them up costs what reading its sagas does. */
const fewKinds = 200;
const sagasAKind = 4;
const mostKinds = 10_000;

/** What kinds are told apart by besides facets. */
const kindColumns = sql`saga_version, services, versions, steps, steps_failed, error_step`;
/** These columns of a row of `saga_list`: what a saga has several of has no order. */
const kindOfRow = sql`saga_version, arraySort(saga_list.services) AS services, arraySort(saga_list.versions) AS versions,
  arraySort(saga_list.steps) AS steps, arraySort(saga_list.steps_failed) AS steps_failed, tupleElement(last_error, 'step') AS error_step`;

/** The hours of `saga_counts`. */
export const countedHours: Periods = {
  of: hourOf,
  atOnce: 24,
  // What does not tell kinds apart counts none of them.
  counted: sql`SELECT toUnixTimestamp(hour) AS period, toUnixTimestamp64Milli(toDateTime64(counted_at, 3, 'UTC')) AS at_ms,
      if(${holds}, arraySum(saga_counts.sagas), 0) AS sagas
    FROM saga_counts FINAL WHERE holds`,
  takeBack: (hours) =>
    sql`INSERT INTO saga_counts (hour, counted_at, holds, ingested_at) SELECT arrayJoin(${seconds(hours)}), now64(6), 0, now64(3)`,
  count: (hours, at) => [
    sql`INSERT INTO saga_counts (hour, counted_at, holds, ingested_at, facets, sagas, waiting, ${kindColumns}, longest, open)
        SELECT hour, ${at}, 1, max(newest), groupArray(facets), groupArray(counted),
          groupArrayArray(arrayMap(one -> (facets, one.1, one.2, one.3), waits)) AS waiting,
          groupArray(saga_version), groupArray(services), groupArray(versions), groupArray(steps), groupArray(steps_failed),
          groupArray(error_step), groupArray(longest), groupArray(waits)
        FROM (
          SELECT ${hourOf} AS hour, facets, ${kindOfRow}, count() AS counted, max(ingested_at) AS newest, max(toUInt64(${durationMs})) AS longest,
            groupArrayIf(1001)((waits_in, waits_since, waits_until), waits_in != 0) AS waits
          FROM ${listAlone} WHERE ${hourOf} IN ${seconds(hours)} GROUP BY hour, facets, ${kindColumns})
        GROUP BY hour HAVING length(waiting) <= ${uint32(mostWaiting)} AND count() <= ${uint32(mostKinds)}
          AND (count() <= ${uint32(fewKinds)} OR count() * ${uint32(sagasAKind)} <= sum(counted))
        SETTINGS max_memory_usage = 1000000000`,
  ],
};
