-- Offsets at which the log holds nothing to store: marks of transactions, what was aborted, what compaction took. With them
-- the offsets of a topic-partition tell how many messages it had. Rows only where there are such.
CREATE TABLE ingest_skips
(
    _topic LowCardinality(String),
    _partition UInt32,
    minute DateTime('UTC'),
    skipped SimpleAggregateFunction(sum, UInt64),
    min_offset SimpleAggregateFunction(min, UInt64),
    max_offset SimpleAggregateFunction(max, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (_topic, _partition, minute)
SETTINGS non_replicated_deduplication_window = 10000;
