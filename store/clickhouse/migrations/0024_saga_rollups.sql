-- What was counted of the sagas that started within a slot of ten minutes. A slot is counted as a whole, and again when one of its
-- sagas has changed: of its rows those with the newest `computed_at` hold, as the row of fact 'slot' says, which comes in the
-- same insert. Each fact has its own use of the columns: store/clickhouse/rollups/facts.ts.
CREATE TABLE saga_rollups
(
    saga_type LowCardinality(String),
    fact LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    object LowCardinality(String),
    saga_version LowCardinality(String),
    slot DateTime('UTC') CODEC(Delta, ZSTD(1)),
    computed_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    sagas UInt32 CODEC(ZSTD(1)),
    times UInt32 CODEC(ZSTD(1)),
    given UInt32 CODEC(ZSTD(1)),
    completed UInt32 CODEC(ZSTD(1)),
    failed UInt32 CODEC(ZSTD(1)),
    -- Histograms, as sagas/histogram.ts has them.
    keys Array(UInt32) CODEC(ZSTD(1)),
    counts Array(UInt32) CODEC(ZSTD(1)),
    left_keys Array(UInt32) CODEC(ZSTD(1)),
    left_counts Array(UInt32) CODEC(ZSTD(1)),
    examples Array(String) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(computed_at)
PARTITION BY toDate(slot)
ORDER BY (saga_type, fact, subject, object, saga_version, slot)
SETTINGS non_replicated_deduplication_window = 10000;
