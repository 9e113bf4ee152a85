-- A saga is asked for by its id alone, and its day is not known: without this a block of each day is read, to find it in one.
ALTER TABLE saga_events ADD INDEX IF NOT EXISTS by_saga saga_id TYPE bloom_filter(0.001) GRANULARITY 1, MATERIALIZE INDEX by_saga;
