-- What a definition wants of the order of undoing, and what the rules about it and about missing events need of a saga's events.
ALTER TABLE saga_events
    ADD COLUMN IF NOT EXISTS undo_order Enum8('' = 0, 'reverse' = 1) AFTER plan;

-- tries: what was tried and which attempt it was, as 48 bits of a hash and 16 of the number, so that neighbours differ by 1.
-- plans: a hash of each plan that its events declare. undone: when a compensation of each step completed.
-- flags, further: 256 to be undone in reverse.
ALTER TABLE sagas
    ADD COLUMN IF NOT EXISTS tries SimpleAggregateFunction(groupUniqArrayArray, Array(UInt64)),
    ADD COLUMN IF NOT EXISTS plans SimpleAggregateFunction(groupUniqArrayArray, Array(UInt64)),
    ADD COLUMN IF NOT EXISTS undone SimpleAggregateFunction(groupUniqArrayArray, Array(Tuple(step String, at DateTime64(3, 'UTC'))));

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
    groupUniqArrayIf((toString(compensates), toDateTime64(time, 3, 'UTC')), event_type = 'saga.compensation.completed') AS undone
FROM saga_events
GROUP BY started, saga_id;

-- What was told before: of sagas that still go on, and of those that may break a rule by it. No event asked for an order of undoing.
INSERT INTO sagas (started, saga_id, tries, plans, undone)
SELECT
    saga_started,
    saga_id,
    groupUniqArrayIf(bitShiftLeft(if(compensates = '', cityHash64(step), bitNot(cityHash64(compensates))), 16) + attempt, step != ''),
    groupUniqArrayIf(cityHash64(saga_events.plan), notEmpty(saga_events.plan)),
    groupUniqArrayIf((toString(compensates), toDateTime64(time, 3, 'UTC')), event_type = 'saga.compensation.completed')
FROM saga_events
WHERE (saga_id, saga_started) GLOBAL IN (
    SELECT saga_id, started FROM sagas FINAL
    WHERE bitAnd(flags, 14) = 0 OR max_attempt > 1 OR (bitAnd(flags, 14) = 2 AND NOT hasAll(steps_completed, plan)))
GROUP BY saga_started, saga_id;
