-- The events that tell of an error, and only they: one row each, beside its saga in the order of `sagas`. `kind` is the message
-- without what varies from saga to saga; the patterns are those of sagas/errors/fingerprint.ts, and a test holds the two together.
CREATE TABLE saga_errors
(
    started DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    saga_id String CODEC(ZSTD(1)),
    time DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    event_id String CODEC(ZSTD(1)),
    saga_type LowCardinality(String),
    code LowCardinality(String),
    step LowCardinality(String),
    message String CODEC(ZSTD(1)),
    kind String DEFAULT replaceRegexpAll(replaceRegexpAll(substringUTF8(message, 1, 1000),
        '"[^"]*"|\\B\'[^\']*\'|`[^`]*`|\\b[A-Za-z][A-Za-z0-9+.-]*://[^\\t\\n\\r "\'<>(),;]+|\\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*|\\b[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?|\\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?\\b|\\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\\b|\\b[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}(?:[:/][0-9]+)?\\b|\\[?\\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){2,7}\\]?(?::[0-9]+)?|\\b(?:localhost|[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)+):[0-9]{2,5}\\b|\\b(?:[A-Za-z0-9_-]+\\.)+(?:com|net|org|io|dev|app|cloud|local|internal|lan|svc|test|example)\\b|\\b0x[0-9a-fA-F]+\\b|\\b[0-9a-fA-F]{8,}\\b|\\b[A-Za-z]+(?:[-_][A-Za-z0-9]+)*[-_][A-Za-z]*[0-9][A-Za-z0-9_-]*|\\b[A-Za-z]*[0-9][A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*[0-9][A-Za-z0-9]*\\b|\\b[A-Za-z]+[0-9]{4,}\\b|\\b[0-9]+(?:[.,][0-9]+)*(?:[A-Za-z]{1,3}\\b|%)?',
        '*'), '\\*(?:[,; ]+\\*)+', '*') CODEC(ZSTD(1)),
    fingerprint UInt64 DEFAULT cityHash64(toString(code), toString(step), kind),
    service LowCardinality(String),
    service_version LowCardinality(String),
    ingested_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    -- When an error was seen first of all, without reading all that came since: one row a part and fingerprint, and no part more an insert.
    PROJECTION first_seen (SELECT fingerprint, min(time) GROUP BY fingerprint)
)
ENGINE = MergeTree
PARTITION BY toDate(started)
ORDER BY (started, saga_id, time, event_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW saga_errors_from_events TO saga_errors AS
SELECT
    saga_started AS started,
    saga_id,
    time,
    event_id,
    saga_type,
    error_code AS code,
    step,
    error_message AS message,
    source AS service,
    service_version,
    ingested_at
FROM saga_events
WHERE error_code != '';

-- Of what is there already, the last 30 days. What comes in meanwhile may be written twice, and counts once.
INSERT INTO saga_errors (started, saga_id, time, event_id, saga_type, code, step, message, service, service_version, ingested_at)
SELECT saga_started, saga_id, time, event_id, saga_type, error_code, step, error_message, source, service_version, ingested_at
FROM saga_events
WHERE error_code != '' AND saga_started >= now() - INTERVAL 30 DAY AND saga_started < now() + INTERVAL 1 DAY;
