-- Which quarters of an hour were counted: how many sagas of `saga_list` started in each. `holds` is 0 from when one of them is listed
-- again until the quarter is counted anew.
CREATE TABLE saga_quarters
(
    quarter DateTime('UTC') CODEC(Delta, ZSTD(1)),
    counted_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    holds UInt8,
    sagas UInt32
)
ENGINE = ReplacingMergeTree(counted_at)
PARTITION BY toYYYYMM(quarter)
ORDER BY quarter
SETTINGS index_granularity = 1024;

-- How long the sagas took that started in such a quarter, and attempts at their steps: a row for each type and step, '' of whole sagas.
-- Of a quarter's rows those of the newest count hold, which come by one insert.
CREATE TABLE saga_durations
(
    quarter DateTime('UTC') CODEC(Delta, ZSTD(1)),
    saga_type LowCardinality(String),
    step LowCardinality(String),
    counted_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    -- Durations that are alike are counted together, as buckets of sagas/histogram.ts: what they are on average, in ms, and how many.
    ms Array(Float64) CODEC(ZSTD(1)),
    times Array(UInt32) CODEC(ZSTD(1)),
    -- Of whole sagas: how many ended in which quarter and how, by their flags of ends; 0 and 0 of those that are open.
    ends Array(Tuple(ended DateTime('UTC'), ended_as UInt8, sagas UInt32)) CODEC(ZSTD(1)),
    -- Of whole sagas: their newest errors by code and step, with the newest message, and when the oldest and the newest happened.
    errors Array(Tuple(code LowCardinality(String), step LowCardinality(String), message String,
        oldest DateTime64(9, 'UTC'), newest DateTime64(9, 'UTC'), sagas UInt32)) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(counted_at)
PARTITION BY toYYYYMM(quarter)
ORDER BY (quarter, saga_type, step)
SETTINGS index_granularity = 1024;
