import type { ColumnKind } from "#ingest/native/columns.ts";
import type { InsertedTable, insertedColumns } from "#store/clickhouse/inserts/tables.ts";

type KindsOf<Table extends InsertedTable> = Readonly<Record<(typeof insertedColumns)[Table][number], ColumnKind>>;

const place = { _topic: "text", _partition: "uint32", _offset: "uint64" } as const;

/** What the columns of spans and log records hold, in the order of `insertedColumns`. */
export const nativeTables = {
  otel_traces: {
    ServiceName: "text",
    ResourceAttributes: "map",
    ScopeName: "text",
    ScopeVersion: "text",
    ...place,
    TraceId: "text",
    SpanId: "text",
    ParentSpanId: "text",
    TraceState: "text",
    SpanName: "text",
    SpanKind: "text",
    SpanAttributes: "map",
    StatusCode: "text",
    StatusMessage: "text",
    "Events.Name": "texts",
    "Events.Attributes": "maps",
    "Links.TraceId": "texts",
    "Links.SpanId": "texts",
    "Links.TraceState": "texts",
    "Links.Attributes": "maps",
    Timestamp: "time",
    Duration: "uint64",
    "Events.Timestamp": "times",
  },
  otel_logs: {
    ServiceName: "text",
    ResourceAttributes: "map",
    ResourceSchemaUrl: "text",
    ScopeName: "text",
    ScopeVersion: "text",
    ScopeAttributes: "map",
    ScopeSchemaUrl: "text",
    ...place,
    TraceId: "text",
    SpanId: "text",
    TraceFlags: "uint8",
    SeverityText: "text",
    SeverityNumber: "uint8",
    Body: "text",
    LogAttributes: "map",
    EventName: "text",
    Timestamp: "time",
  },
} as const satisfies { otel_traces: KindsOf<"otel_traces">; otel_logs: KindsOf<"otel_logs"> };

export type NativeTable = keyof typeof nativeTables;
