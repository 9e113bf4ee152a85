-- A part of an insert each second is small beside what it is merged into. By default ClickHouse finds that many small ones are worth a
-- merge with a large one, and then leaves all but the first of them out as too small to matter: it wrote the large one anew for each
-- insert, for 0.4 to 0.7 of a core at 1,000 events a second. Without leaving out, and with more at a time, it is 0.1.
ALTER TABLE saga_events MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE sagas MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE saga_steps MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE saga_errors MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE saga_changes MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE saga_list MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE saga_listed MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE otel_traces MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE otel_traces_trace_id_ts MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE service_spans MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE otel_logs MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE otel_metrics_gauge MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE otel_metrics_sum MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE otel_metrics_histogram MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE otel_metrics_exponential_histogram MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE otel_metrics_summary MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE http_requests MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
ALTER TABLE ingest_progress MODIFY SETTING merge_selector_enable_heuristic_to_remove_small_parts_at_right = 0, merge_selector_base = 10;
