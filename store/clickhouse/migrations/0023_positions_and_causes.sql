-- What definitions and outlooks are learned from. Events are told apart within one saga only, so 32 bits of an id are enough;
-- 0 is none. `cause` has another bit above them where the event that it caused is the try's first: so that is the greater.
ALTER TABLE saga_steps
    ADD COLUMN IF NOT EXISTS start_id SimpleAggregateFunction(max, UInt32),
    ADD COLUMN IF NOT EXISTS end_id SimpleAggregateFunction(max, UInt32),
    ADD COLUMN IF NOT EXISTS cause SimpleAggregateFunction(max, UInt64);

ALTER TABLE saga_steps_from_events MODIFY QUERY SELECT
    saga_started AS started,
    saga_id,
    compensates,
    step,
    attempt,
    max(saga_events.saga_type) AS saga_type,
    max(source) AS service,
    max(saga_events.service_version) AS service_version,
    groupBitOr(toUInt8(multiIf(endsWith(event_type, '.started'), 1, endsWith(event_type, '.completed'), 2, 4))) AS flags,
    maxIf(time, endsWith(event_type, '.started')) AS step_started_at,
    maxIf(time, not endsWith(event_type, '.started')) AS step_ended_at,
    max(saga_events.error_code) AS error_code,
    max(if(endsWith(event_type, '.started'), toUInt32(cityHash64(event_id)), 0)) AS start_id,
    max(if(endsWith(event_type, '.started'), 0, toUInt32(cityHash64(event_id)))) AS end_id,
    max(if(causation_id = '', 0, bitOr(bitShiftLeft(toUInt64(endsWith(event_type, '.started')), 32), toUInt64(toUInt32(cityHash64(causation_id)))))) AS cause
FROM saga_events
WHERE step != ''
GROUP BY started, saga_id, compensates, step, attempt;

-- `last_position` is the kind of the last event, with its step and attempt (`sagas/outlook/position.ts`), as one number: it is only
-- compared with that of positions whose limits are known.
ALTER TABLE sagas
    ADD COLUMN IF NOT EXISTS last_position SimpleAggregateFunction(max, Tuple(time DateTime64(9, 'UTC'), place UInt64)),
    ADD COLUMN IF NOT EXISTS start_id SimpleAggregateFunction(max, UInt32),
    ADD COLUMN IF NOT EXISTS end_cause SimpleAggregateFunction(max, UInt32),
    ADD INDEX IF NOT EXISTS by_ingest ingested_at TYPE minmax GRANULARITY 1;

ALTER TABLE sagas_from_events MODIFY QUERY SELECT
    saga_started AS started,
    saga_id,
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
    groupUniqArrayIf((toString(step), toDateTime64(time, 3, 'UTC'), sipHash64(event_id)), event_type = 'saga.step.completed') AS completions,
    max(attempt) AS max_attempt,
    maxIf((time, toString(step)), step != '') AS last_step,
    maxIf((time, toString(error_code), toString(step), error_message), error_code != '') AS last_error,
    max(saga_events.ingested_at) AS ingested_at,
    groupUniqArrayIf(bitShiftLeft(if(compensates = '', cityHash64(step), bitNot(cityHash64(compensates))), 16) + attempt, step != '') AS tries,
    groupUniqArrayIf(cityHash64(saga_events.plan), notEmpty(saga_events.plan)) AS plans,
    groupUniqArrayIf((toString(compensates), toDateTime64(time, 3, 'UTC')), event_type = 'saga.compensation.completed') AS undone,
    max((time, cityHash64(toString(event_type), toString(step), toUInt16(least(attempt, 5))))) AS last_position,
    maxIf(toUInt32(cityHash64(event_id)), event_type = 'saga.started') AS start_id,
    maxIf(toUInt32(cityHash64(causation_id)), causation_id != '' AND event_type IN ('saga.completed', 'saga.compensated', 'saga.failed')) AS end_cause
FROM saga_events
GROUP BY started, saga_id;

-- `place` is that of the last position.
ALTER TABLE saga_list ADD COLUMN IF NOT EXISTS place UInt64 AFTER ingested_at;
