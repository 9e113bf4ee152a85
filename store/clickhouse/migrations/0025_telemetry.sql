-- Words in log lines, in any case: the filter of tokens that the exporter's tables have tells cases apart and is full after some thousand lines.
-- Lines that are there already are read through for words, until they go.
ALTER TABLE otel_logs ADD INDEX IF NOT EXISTS by_word lower(Body) TYPE text(tokenizer = 'splitByNonAlpha');

-- Spans as the figures of services and their map read them: narrow, and with ids to join by that are hashes. Only of what was served or
-- taken from a queue it is told which span led to it: its parent, or of a message the span that sent it. 0 is none.
CREATE TABLE service_spans
(
    ServiceName LowCardinality(String),
    Version LowCardinality(String),
    Kind LowCardinality(String),
    Topic LowCardinality(String),
    Timestamp DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    Id UInt64 CODEC(NONE),
    CauseId UInt64 CODEC(ZSTD(1)),
    Duration UInt64 CODEC(T64, ZSTD(1)),
    Failed Bool
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (ServiceName, Timestamp)
SETTINGS non_replicated_deduplication_window = 100000;

CREATE MATERIALIZED VIEW service_spans_from_spans TO service_spans AS
SELECT
    ServiceName,
    ResourceAttributes['service.version'] AS Version,
    SpanKind AS Kind,
    SpanAttributes['messaging.destination.name'] AS Topic,
    Timestamp,
    cityHash64(TraceId, SpanId) AS Id,
    multiIf(
        SpanKind NOT IN ('Server', 'Consumer'), 0,
        ParentSpanId != '', cityHash64(TraceId, ParentSpanId),
        SpanKind = 'Consumer' AND notEmpty(Links.SpanId), cityHash64(Links.TraceId[1], Links.SpanId[1]),
        0) AS CauseId,
    Duration,
    StatusCode = 'Error' AS Failed
FROM otel_traces;

-- Of what is there already, the last 7 days. What comes in meanwhile may be written twice, and counts once.
INSERT INTO service_spans (ServiceName, Version, Kind, Topic, Timestamp, Id, CauseId, Duration, Failed)
SELECT
    ServiceName, ResourceAttributes['service.version'], SpanKind, SpanAttributes['messaging.destination.name'], Timestamp, cityHash64(TraceId, SpanId),
    multiIf(
        SpanKind NOT IN ('Server', 'Consumer'), 0,
        ParentSpanId != '', cityHash64(TraceId, ParentSpanId),
        SpanKind = 'Consumer' AND notEmpty(Links.SpanId), cityHash64(Links.TraceId[1], Links.SpanId[1]),
        0),
    Duration, StatusCode = 'Error'
FROM otel_traces
WHERE Timestamp >= now() - INTERVAL 7 DAY AND Timestamp < now() + INTERVAL 1 DAY;
