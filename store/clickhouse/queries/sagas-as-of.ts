import { moment, type Sql, sql } from "#lib/sql.ts";
import { listColumns, listOfWhole, workedOut } from "./listed-sagas.ts";
import { earlyMs } from "./saga-expressions.ts";

/** Rows of `sagas` as the view folds them, of the events of `saga_events` for which `where` holds; a test holds the two together. */
export const foldedEvents = (where: Sql): Sql => sql`(SELECT
    saga_started AS started, saga_id,
    max(saga_events.saga_type) AS saga_type,
    max(saga_events.saga_version) AS saga_version,
    max(saga_events.subject) AS subject,
    groupBitOr(toUInt16(multiIf(
      event_type = 'saga.started', 1,
      event_type = 'saga.completed', 2,
      event_type = 'saga.compensated', 4,
      event_type = 'saga.failed', 8,
      event_type = 'saga.resolved', 16,
      event_type IN ('saga.compensation.started', 'saga.compensation.completed'), 32,
      event_type = 'saga.compensation.failed', 96,
      event_type = 'saga.step.failed', 128,
      0) + if(undo_order = 'reverse', 256, 0))) AS flags,
    max(toDateTime64(time, 3, 'UTC')) AS last_event_at,
    maxIf(toDateTime64(time, 3, 'UTC'), event_type IN ('saga.completed', 'saga.compensated', 'saga.failed')) AS ended_at,
    max(saga_events.deadline) AS deadline,
    groupUniqArrayArray(arrayMap((k, v) -> concat(k, '=', v), mapKeys(saga_events.labels), mapValues(saga_events.labels))) AS labels,
    groupUniqArray(toString(source)) AS services,
    groupUniqArrayIf(concat(source, '@', service_version), service_version != '') AS versions,
    groupUniqArrayIf(toString(step), event_type = 'saga.step.started') AS steps_started,
    groupUniqArrayIf(toString(step), event_type = 'saga.step.completed') AS steps_completed,
    groupUniqArrayIf(toString(step), event_type = 'saga.step.failed') AS steps_failed,
    groupUniqArrayIf(toString(compensates), event_type = 'saga.compensation.completed') AS steps_compensated,
    max(arrayMap(name -> toString(name), saga_events.plan)) AS plan,
    groupUniqArrayIf((toString(step), toDateTime64(time, 3, 'UTC'), sipHash64(event_id))::Tuple(step String, at DateTime64(3, 'UTC'), event UInt64),
      event_type = 'saga.step.completed') AS completions,
    max(attempt) AS max_attempt,
    maxIf((time, toString(step))::Tuple(time DateTime64(9, 'UTC'), step String), step != '') AS last_step,
    maxIf((time, toString(error_code), toString(step), error_message)::Tuple(time DateTime64(9, 'UTC'), code String, step String, message String),
      error_code != '') AS last_error,
    max(saga_events.ingested_at) AS ingested_at,
    groupUniqArrayIf(bitShiftLeft(if(compensates = '', cityHash64(step), bitNot(cityHash64(compensates))), 16) + attempt, step != '') AS tries,
    groupUniqArrayIf(cityHash64(saga_events.plan), notEmpty(saga_events.plan)) AS plans,
    groupUniqArrayIf((toString(compensates), toDateTime64(time, 3, 'UTC'))::Tuple(step String, at DateTime64(3, 'UTC')),
      event_type = 'saga.compensation.completed') AS undone,
    max((time, cityHash64(toString(event_type), toString(step), toUInt16(least(attempt, 5))))::Tuple(time DateTime64(9, 'UTC'), place UInt64)) AS last_position,
    max(if(event_type = 'saga.started', toUInt32(cityHash64(event_id)), 0)) AS start_id,
    max(if(event_type IN ('saga.completed', 'saga.compensated', 'saga.failed') AND causation_id != '', toUInt32(cityHash64(causation_id)), 0)) AS end_cause,
    ${earlyMs} AS early_ms
  FROM saga_events WHERE ${where} GROUP BY started, saga_id)`;

/** Of them those that are dated within the millisecond `ms` at the latest. */
export const foldedUntil = (where: Sql, ms: number): Sql =>
  foldedEvents(sql`${where} AND toDateTime64(time, 3, 'UTC') <= ${moment(ms)}`);

/**
 * What `sagas` would have been at a moment: as if nothing dated later had happened. A saga whose last event lies before it
 * is what it is now; only those that were under way then are folded anew, of their events until then.
 */
export function sagasAsOf(ms: number, sagas: Sql): Sql {
  const at = moment(ms);
  const underWay = sql`SELECT started, saga_id FROM ${sagas} WHERE started <= ${at} AND last_event_at > ${at}`;
  return sql`(
    SELECT ${listColumns}, ${workedOut} FROM ${sagas} WHERE started <= ${at} AND last_event_at <= ${at}
    UNION ALL
    ${listOfWhole(foldedUntil(sql`(saga_started, saga_id) IN (${underWay}) AND saga_started <= ${at}`, ms))})`;
}
