-- A dead letter keeps its message whole: headers by their bytes and in their order, and what is null told from what is empty.
-- `part` counts the records that died of one message, from 1; 0 is the message itself. `letter` names the first death: a
-- replayed message that dies again is another row of the same letter.
ALTER TABLE dead_letters
    ADD COLUMN IF NOT EXISTS part UInt32 DEFAULT 0,
    ADD COLUMN IF NOT EXISTS null_key Bool DEFAULT false,
    ADD COLUMN IF NOT EXISTS null_value Bool DEFAULT reason = 'tombstone',
    ADD COLUMN IF NOT EXISTS header_list Array(Tuple(name String, value Nullable(String)))
        DEFAULT CAST(arrayZip(mapKeys(headers), mapValues(headers)), 'Array(Tuple(name String, value Nullable(String)))'),
    ADD COLUMN IF NOT EXISTS replay_of String DEFAULT '',
    ADD COLUMN IF NOT EXISTS letter String MATERIALIZED if(replay_of != '', replay_of,
        concat(_topic, ':', toString(_partition), ':', toString(_offset), if(part > 0, concat(':', toString(part)), ''))),
    ADD INDEX IF NOT EXISTS by_time dead_at TYPE minmax GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_letter letter TYPE bloom_filter(0.01) GRANULARITY 1;

-- What operators sent again. A replay that begun and neither was sent nor refused was cut short: it may have been sent.
CREATE TABLE dead_letter_replays
(
    replay UUID,
    letter String,
    stage Enum8('begun' = 1, 'sent' = 2, 'refused' = 3),
    at DateTime64(3, 'UTC'),
    actor String,
    edited Bool,
    -- What was sent, where it was edited.
    value_base64 String CODEC(ZSTD(3)),
    -- What the message is about, as far as it says so.
    saga_id String,
    event_id String,
    -- Where it stands now.
    sent_partition UInt32,
    sent_offset UInt64,
    problem String
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (letter, replay, stage)
SETTINGS non_replicated_deduplication_window = 10000;

-- Where a log began for us: with it, offsets tell how many messages came in.
ALTER TABLE ingest_progress
    ADD COLUMN IF NOT EXISTS min_offset SimpleAggregateFunction(min, UInt64) DEFAULT max_offset;

ALTER TABLE progress_of_saga_events MODIFY QUERY SELECT
    _topic,
    _partition,
    toStartOfMinute(ingested_at) AS minute,
    count() AS stored,
    toUInt64(0) AS dead,
    max(_offset) AS max_offset,
    max(toDateTime64(time, 3, 'UTC')) AS newest_event,
    max(ingested_at) AS newest_ingest,
    min(_offset) AS min_offset
FROM saga_events
GROUP BY _topic, _partition, minute;

ALTER TABLE progress_of_dead_letters MODIFY QUERY SELECT
    _topic,
    _partition,
    toStartOfMinute(dead_at) AS minute,
    toUInt64(0) AS stored,
    count() AS dead,
    max(_offset) AS max_offset,
    max(message_time) AS newest_event,
    max(dead_at) AS newest_ingest,
    min(_offset) AS min_offset
FROM dead_letters
GROUP BY _topic, _partition, minute;

-- What is there already is taken to add up: its first rows may be past their retention. This adds nothing to any sum.
INSERT INTO ingest_progress (_topic, _partition, minute, min_offset)
SELECT
    _topic,
    _partition,
    min(minute),
    toUInt64(greatest(0, toInt64(max(max_offset)) + 1 - toInt64(sum(stored) + sum(dead))))
FROM ingest_progress
GROUP BY _topic, _partition;

-- Duplicates are counted among the rows that were stored within a time.
ALTER TABLE saga_events ADD INDEX IF NOT EXISTS by_ingest ingested_at TYPE minmax GRANULARITY 1;
