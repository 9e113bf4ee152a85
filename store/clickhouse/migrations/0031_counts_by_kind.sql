-- Kinds are told apart by all that many sagas share and lists are narrowed by, not by what facets say alone: of the n-th of `facets`
-- and of `sagas` these say the rest, `longest` how long the longest of it took, ms,
-- and `open` which of it are open. Rows without these are of workers of a version before, and hours
-- that have such are counted anew; `waiting`, which has all that are open together with their facets, is for web servers of a version before.
ALTER TABLE saga_counts
    ADD COLUMN IF NOT EXISTS saga_version Array(LowCardinality(String)) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS services Array(Array(LowCardinality(String))) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS versions Array(Array(LowCardinality(String))) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS steps Array(Array(LowCardinality(String))) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS steps_failed Array(Array(LowCardinality(String))) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS error_step Array(LowCardinality(String)) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS longest Array(UInt64) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS open Array(Array(Tuple(waits_in UInt64, waits_since DateTime64(3, 'UTC'), waits_until DateTime64(3, 'UTC')))) CODEC(ZSTD(1));
