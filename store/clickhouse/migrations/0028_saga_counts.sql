-- How many sagas that started within an hour there are of each kind that facets count by, as `saga_list` has them, and what tells of
-- each that is open whether it is overdue. An hour is counted as a whole once its sagas have come to rest; `holds` is 0 from when one
-- of them is listed again until it is counted anew.
CREATE TABLE saga_counts
(
    hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
    counted_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    holds UInt8,
    -- Of the saga that was stored last.
    ingested_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    facets Array(LowCardinality(String)) CODEC(ZSTD(1)),
    sagas Array(UInt32) CODEC(ZSTD(1)),
    waiting Array(Tuple(facets LowCardinality(String), waits_in UInt64, waits_since DateTime64(3, 'UTC'), waits_until DateTime64(3, 'UTC'))) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(counted_at)
PARTITION BY toYYYYMM(hour)
ORDER BY hour;
