-- Which log each topic-partition was read from: a topic that is made anew under its name has another id. Up to `before` the
-- offsets that are stored may be of an earlier log. Few rows: one a partition and log.
CREATE TABLE ingest_logs
(
    topic LowCardinality(String),
    partition UInt32,
    log_id String,
    before UInt64,
    since DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY (topic, partition, since)
SETTINGS non_replicated_deduplication_window = 10000;
