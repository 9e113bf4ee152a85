-- What could not be stored: the message's own bytes, where it stood, and why.
CREATE TABLE dead_letters
(
    _topic LowCardinality(String),
    _partition UInt32,
    _offset UInt64,
    key String,
    value String CODEC(ZSTD(3)),
    headers Map(String, String),
    reason LowCardinality(String),
    detail String,
    message_time DateTime64(3, 'UTC'),
    dead_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(dead_at)
ORDER BY (_topic, _partition, _offset)
SETTINGS non_replicated_deduplication_window = 10000;

-- How far each topic-partition has come. Fed by the tables themselves, so a row counted here is a row stored there.
CREATE TABLE ingest_progress
(
    _topic LowCardinality(String),
    _partition UInt32,
    minute DateTime('UTC'),
    stored SimpleAggregateFunction(sum, UInt64),
    dead SimpleAggregateFunction(sum, UInt64),
    max_offset SimpleAggregateFunction(max, UInt64),
    newest_event SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    newest_ingest SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (_topic, _partition, minute)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW progress_of_saga_events TO ingest_progress AS
SELECT
    _topic,
    _partition,
    toStartOfMinute(ingested_at) AS minute,
    count() AS stored,
    toUInt64(0) AS dead,
    max(_offset) AS max_offset,
    max(toDateTime64(time, 3, 'UTC')) AS newest_event,
    max(ingested_at) AS newest_ingest
FROM saga_events
GROUP BY _topic, _partition, minute;

CREATE MATERIALIZED VIEW progress_of_dead_letters TO ingest_progress AS
SELECT
    _topic,
    _partition,
    toStartOfMinute(dead_at) AS minute,
    toUInt64(0) AS stored,
    count() AS dead,
    max(_offset) AS max_offset,
    max(message_time) AS newest_event,
    max(dead_at) AS newest_ingest
FROM dead_letters
GROUP BY _topic, _partition, minute;
