-- Which consumer groups have stored a topic here: two at once would store it twice. Few rows: one a topic and group.
CREATE TABLE ingest_groups
(
    topic LowCardinality(String),
    group_id String,
    since DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY (topic, since)
SETTINGS non_replicated_deduplication_window = 100000;
