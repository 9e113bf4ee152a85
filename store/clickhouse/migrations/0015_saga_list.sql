-- What lists show of each saga, one row a saga: narrow, and with what its folded sets mean worked out once. It is made of `sagas`
-- some seconds after a saga has changed; until then `sagas` itself is read for that saga, so an answer is never older than the store.
CREATE TABLE saga_list
(
    started DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    saga_id String CODEC(ZSTD(1)),
    saga_type LowCardinality(String),
    saga_version LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    flags UInt16,
    broken Array(LowCardinality(String)),
    last_event_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    ended_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    deadline DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    labels Array(String) CODEC(ZSTD(1)),
    services Array(LowCardinality(String)),
    versions Array(LowCardinality(String)),
    steps Array(LowCardinality(String)),
    steps_failed Array(LowCardinality(String)),
    held Array(LowCardinality(String)),
    last_step Tuple(time DateTime64(9, 'UTC'), step LowCardinality(String)),
    last_error Tuple(time DateTime64(9, 'UTC'), code LowCardinality(String), step LowCardinality(String), message String) CODEC(ZSTD(1)),
    max_attempt UInt16,
    compensations UInt16,
    ingested_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    listed_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    -- All that facets count by in one: a list is grouped by it in a seventh of the time that its parts take.
    facets LowCardinality(String) MATERIALIZED concat(toString(flags), '\0', saga_type, '\0', last_error.code, '\0', arrayStringConcat(broken, ',')),
    words String MATERIALIZED lower(concat(arrayStringConcat(labels, ' '), ' ', last_error.code, ' ', last_error.message)) CODEC(ZSTD(1)),
    INDEX by_label labels TYPE text(tokenizer = 'array'),
    INDEX by_word words TYPE text(tokenizer = 'splitByNonAlpha')
)
ENGINE = ReplacingMergeTree(listed_at)
PARTITION BY toDate(started)
ORDER BY (started, saga_id)
SETTINGS min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1;

-- The starts of sagas that have changed, by when: what is to be listed anew.
CREATE TABLE saga_changes
(
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    started DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(at)
ORDER BY at
TTL toDateTime(at) + toIntervalDay(7)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW changes_from_events TO saga_changes AS
SELECT now64(3) AS at, saga_started AS started
FROM saga_events
GROUP BY started;

-- Up to when changes have been listed.
CREATE TABLE saga_listed
(
    name LowCardinality(String),
    upto SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY name;

-- All that is there already is to be listed: from the oldest on, as if it had changed within the last hour.
INSERT INTO saga_changes (at, started)
SELECT now64(3) - toIntervalMillisecond(toInt64(3600000 * (1 - rank / greatest(1, count() OVER ())))) AS at, started
FROM (SELECT started, row_number() OVER (ORDER BY started) AS rank FROM (SELECT DISTINCT started FROM sagas));
