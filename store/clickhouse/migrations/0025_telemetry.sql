-- Words in log lines, in any case: the filter of tokens that the exporter's tables have tells cases apart and is full after some thousand lines.
-- Lines that are there already are read through for words, until they go.
ALTER TABLE otel_logs ADD INDEX IF NOT EXISTS by_word lower(Body) TYPE text(tokenizer = 'splitByNonAlpha');
