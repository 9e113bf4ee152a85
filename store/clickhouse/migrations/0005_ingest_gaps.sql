-- Offsets of a topic-partition that will never be stored, and why: one row a gap.
CREATE TABLE ingest_gaps
(
    topic LowCardinality(String),
    partition UInt32,
    from_offset UInt64,
    to_offset UInt64,
    noticed_at DateTime64(3, 'UTC'),
    reason LowCardinality(String)
)
ENGINE = MergeTree
ORDER BY (noticed_at, topic, partition)
SETTINGS non_replicated_deduplication_window = 10000;
