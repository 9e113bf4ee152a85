-- What is read seldom or is long is packed tighter. Ids are random: ZSTD(1) brings hex to its half, which is all there is in it, and no
-- higher level brings it further. Times and offsets go up: their differences are small. What is there already is packed anew as it is merged.
ALTER TABLE saga_events
    MODIFY COLUMN event_id CODEC(ZSTD(1)),
    MODIFY COLUMN saga_id CODEC(ZSTD(1)),
    MODIFY COLUMN saga_started CODEC(Delta, ZSTD(1)),
    MODIFY COLUMN time CODEC(Delta, ZSTD(1)),
    MODIFY COLUMN subject CODEC(ZSTD(1)),
    MODIFY COLUMN causation_id CODEC(ZSTD(1)),
    MODIFY COLUMN trace_id CODEC(ZSTD(1)),
    MODIFY COLUMN span_id CODEC(ZSTD(1)),
    MODIFY COLUMN labels CODEC(ZSTD(1)),
    MODIFY COLUMN plan CODEC(ZSTD(1)),
    MODIFY COLUMN deadline CODEC(ZSTD(1)),
    MODIFY COLUMN error_message CODEC(ZSTD(1)),
    MODIFY COLUMN ingested_at CODEC(Delta, ZSTD(1)),
    MODIFY COLUMN _offset CODEC(Delta, ZSTD(1));

-- Lists scan all else of it, and to unpack ZSTD would cost them up to two thirds more.
ALTER TABLE sagas
    MODIFY COLUMN services CODEC(ZSTD(1)),
    MODIFY COLUMN versions CODEC(ZSTD(1)),
    MODIFY COLUMN ingested_at CODEC(Delta, ZSTD(1));

ALTER TABLE saga_steps
    MODIFY COLUMN started CODEC(Delta, ZSTD(1)),
    MODIFY COLUMN saga_id CODEC(ZSTD(1)),
    MODIFY COLUMN step_started_at CODEC(Delta, ZSTD(1)),
    MODIFY COLUMN step_ended_at CODEC(Delta, ZSTD(1));

-- The exporter's own codecs but where another is better by measurement.
ALTER TABLE otel_traces
    MODIFY COLUMN ResourceAttributes CODEC(ZSTD(3)),
    MODIFY COLUMN Duration CODEC(T64, ZSTD(1)),
    MODIFY COLUMN _offset CODEC(Delta, ZSTD(1));

ALTER TABLE otel_traces_trace_id_ts
    MODIFY COLUMN Start CODEC(T64, ZSTD(1)),
    MODIFY COLUMN End CODEC(T64, ZSTD(1));

ALTER TABLE otel_logs
    MODIFY COLUMN TimestampTime CODEC(Delta, ZSTD(1)),
    MODIFY COLUMN ResourceAttributes CODEC(ZSTD(3)),
    MODIFY COLUMN _offset CODEC(Delta, ZSTD(1));

ALTER TABLE http_requests
    MODIFY COLUMN Duration CODEC(T64, ZSTD(1));
