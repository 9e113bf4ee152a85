-- Every saga event, as it came. One saga is one short read: its day is the partition, its id leads the order.
CREATE TABLE saga_events
(
    event_id String,
    saga_id String,
    saga_type LowCardinality(String),
    saga_version LowCardinality(String),
    saga_started DateTime64(3, 'UTC'),
    event_type LowCardinality(String),
    time DateTime64(9, 'UTC'),
    source LowCardinality(String),
    subject String,
    causation_id String,
    trace_id String,
    span_id String,
    step LowCardinality(String),
    attempt UInt16,
    compensates LowCardinality(String),
    service_version LowCardinality(String),
    labels Map(LowCardinality(String), String),
    plan Array(LowCardinality(String)),
    deadline DateTime64(3, 'UTC'),
    error_code LowCardinality(String),
    error_message String,
    error_retryable Bool,
    payload String CODEC(ZSTD(3)),
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3),
    _topic LowCardinality(String),
    _partition UInt32,
    _offset UInt64,
    INDEX by_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(saga_started)
ORDER BY (saga_id, time, event_id)
SETTINGS non_replicated_deduplication_window = 10000;

-- One row a saga, folded from its events only by functions that a repeated event cannot change.
-- flags: 1 started, 2 completed, 4 compensated, 8 failed, 16 resolved, 32 compensation begun, 64 compensation failed, 128 step failed.
CREATE TABLE sagas
(
    started DateTime64(3, 'UTC'),
    saga_id String,
    saga_type SimpleAggregateFunction(max, LowCardinality(String)),
    saga_version SimpleAggregateFunction(max, LowCardinality(String)),
    subject SimpleAggregateFunction(max, String),
    flags SimpleAggregateFunction(groupBitOr, UInt16),
    last_event_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    ended_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    deadline SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    labels SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    services SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    versions SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    steps_started SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    steps_completed SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    steps_failed SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    steps_compensated SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    plan SimpleAggregateFunction(max, Array(String)),
    completions SimpleAggregateFunction(groupUniqArrayArray, Array(Tuple(step String, at DateTime64(3, 'UTC'), event UInt64))),
    max_attempt SimpleAggregateFunction(max, UInt16),
    last_step SimpleAggregateFunction(max, Tuple(time DateTime64(9, 'UTC'), step String)),
    last_error SimpleAggregateFunction(max, Tuple(time DateTime64(9, 'UTC'), code String, step String, message String)),
    ingested_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(started)
ORDER BY (started, saga_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW sagas_from_events TO sagas AS
SELECT
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
        0))) AS flags,
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
    max(saga_events.ingested_at) AS ingested_at
FROM saga_events
GROUP BY started, saga_id;

-- One row a step attempt (compensates = '' for forward work), for durations.
-- flags: 1 started, 2 completed, 4 failed.
CREATE TABLE saga_steps
(
    started DateTime64(3, 'UTC'),
    saga_id String,
    compensates LowCardinality(String),
    step LowCardinality(String),
    attempt UInt16,
    saga_type SimpleAggregateFunction(max, LowCardinality(String)),
    service SimpleAggregateFunction(max, LowCardinality(String)),
    service_version SimpleAggregateFunction(max, LowCardinality(String)),
    flags SimpleAggregateFunction(groupBitOr, UInt8),
    step_started_at SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
    step_ended_at SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
    error_code SimpleAggregateFunction(max, LowCardinality(String))
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(started)
ORDER BY (started, saga_id, compensates, step, attempt)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW saga_steps_from_events TO saga_steps AS
SELECT
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
    max(saga_events.error_code) AS error_code
FROM saga_events
WHERE step != ''
GROUP BY started, saga_id, compensates, step, attempt;
