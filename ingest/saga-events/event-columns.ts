import type { ColumnKind } from "#ingest/native/columns.ts";
import type { insertedColumns } from "#store/clickhouse/inserts/tables.ts";

/** What the columns of saga events hold, in the order of `insertedColumns`. */
export const eventColumns = {
  event_id: "text",
  saga_id: "text",
  saga_type: "text",
  saga_version: "text",
  event_type: "text",
  source: "text",
  subject: "text",
  causation_id: "text",
  trace_id: "text",
  span_id: "text",
  step: "text",
  attempt: "uint16",
  compensates: "text",
  service_version: "text",
  labels: "map",
  plan: "texts",
  undo_order: "text",
  error_code: "text",
  error_message: "text",
  error_retryable: "bool",
  payload: "text",
  start_unsaid: "bool",
  _topic: "text",
  _partition: "uint32",
  saga_started: "millis",
  time: "time",
  deadline: "millis",
  _offset: "uint64",
} as const satisfies Readonly<Record<(typeof insertedColumns)["saga_events"][number], ColumnKind>>;
