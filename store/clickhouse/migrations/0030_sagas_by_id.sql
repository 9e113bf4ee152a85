-- A saga is asked for by its id alone, and its day is not known: without this a block of each day is read, to find it in one. Of parts
-- that are there already it is not made: what is in doubt is deleted from this table meanwhile, and would wait for it.
ALTER TABLE saga_events ADD INDEX IF NOT EXISTS by_saga saga_id TYPE bloom_filter(0.001) GRANULARITY 1;
