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
SETTINGS non_replicated_deduplication_window = 100000;

-- The window says with how many partitions a topic can be read (docs/scale.md): 10,000 blocks were enough for 50.
ALTER TABLE saga_events MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE sagas MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE saga_steps MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE otel_traces MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE otel_traces_trace_id_ts MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE otel_logs MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE otel_metrics_gauge MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE otel_metrics_sum MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE otel_metrics_histogram MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE otel_metrics_exponential_histogram MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE otel_metrics_summary MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE http_requests MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE dead_letters MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE ingest_progress MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE ingest_gaps MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE dead_letter_replays MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE saga_errors MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE saga_changes MODIFY SETTING non_replicated_deduplication_window = 100000;
