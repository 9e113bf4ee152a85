-- Whether an event leaves it open when its saga began: then its saga is stored under whatever was known when it was read, which may be
-- later than the event itself. Rows of before, and of ingest of a version before, say nothing of it, and mean what they meant.
ALTER TABLE saga_events ADD COLUMN IF NOT EXISTS start_unsaid Bool AFTER saga_started;

-- How much earlier than it is stored under the earliest such event of a saga was, ms: so much earlier it began. Nearly always 0.
ALTER TABLE sagas ADD COLUMN IF NOT EXISTS early_ms SimpleAggregateFunction(max, UInt64);

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
    maxIf(toUInt32(cityHash64(causation_id)), causation_id != '' AND event_type IN ('saga.completed', 'saga.compensated', 'saga.failed')) AS end_cause,
    maxIf(toUInt64(greatest(0, toUnixTimestamp64Milli(saga_started) - toUnixTimestamp64Milli(time))), start_unsaid) AS early_ms
FROM saga_events
GROUP BY started, saga_id;

ALTER TABLE saga_list ADD COLUMN IF NOT EXISTS early_ms UInt64 CODEC(ZSTD(1)) AFTER place;
