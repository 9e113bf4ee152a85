-- A saga ends soon after it has started, as a rule: of the days before a stretch of time the blocks that ended before it are not read.
ALTER TABLE saga_list ADD INDEX IF NOT EXISTS ended ended_at TYPE minmax GRANULARITY 1, MATERIALIZE INDEX ended;
