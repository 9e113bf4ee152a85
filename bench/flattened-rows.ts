import type { Fields } from "#contracts/otlp/json.ts";
import { walkRequest } from "#contracts/otlp/walk.ts";
import type { MadeSignal } from "./made-telemetry.ts";

/** What a flattened row has of each: the columns that the OpenTelemetry exporter for ClickHouse fills. */
export const flattenedColumns = {
  traces: [
    ...["Timestamp", "TraceId", "SpanId", "ParentSpanId", "TraceState", "SpanName", "SpanKind", "ServiceName"],
    ...["ResourceAttributes", "ScopeName", "ScopeVersion", "SpanAttributes", "Duration", "StatusCode", "StatusMessage"],
    ...["Events.Timestamp", "Events.Name", "Events.Attributes"],
    ...["Links.TraceId", "Links.SpanId", "Links.TraceState", "Links.Attributes"],
  ],
  logs: [
    ...["Timestamp", "TraceId", "SpanId", "TraceFlags", "SeverityText", "SeverityNumber", "ServiceName", "Body"],
    ...["ResourceSchemaUrl", "ResourceAttributes", "ScopeSchemaUrl", "ScopeName", "ScopeVersion", "ScopeAttributes"],
    ...["LogAttributes", "EventName"],
  ],
} as const satisfies Record<MadeSignal, readonly string[]>;

const kinds = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"];
const statuses = ["Unset", "Ok", "Error"];

interface Pair {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string };
}

/** A made request as rows that ClickHouse takes as they are, JSONEachRow: all that differs between OTLP and the table is done. */
export function flattenedRows(signal: MadeSignal, request: Fields): string {
  let rows = "";
  for (const { group, scope, records } of walkRequest(signal, request)) {
    const resource = mapOf((group.resource as Fields).attributes);
    const { name, version } = scope.scope as Fields;
    const common = {
      ServiceName: resource["service.name"],
      ResourceAttributes: resource,
      ScopeName: name,
      ScopeVersion: version,
    };
    for (const record of records)
      rows += `${JSON.stringify({ ...common, ...(signal === "traces" ? flatSpan(record) : flatLog(record)) })}\n`;
  }
  return rows;
}

function flatSpan(span: Fields): Fields {
  const events = list(span.events);
  const links = list(span.links);
  const status = span.status as { code?: number; message?: string };
  return {
    Timestamp: span.startTimeUnixNano,
    TraceId: hex(span.traceId),
    SpanId: hex(span.spanId),
    ParentSpanId: hex(span.parentSpanId),
    TraceState: "",
    SpanName: span.name,
    SpanKind: kinds[Number(span.kind)],
    SpanAttributes: mapOf(span.attributes),
    Duration: String(BigInt(String(span.endTimeUnixNano)) - BigInt(String(span.startTimeUnixNano))),
    StatusCode: statuses[status.code ?? 0],
    StatusMessage: status.message ?? "",
    "Events.Timestamp": events.map((event) => event.timeUnixNano),
    "Events.Name": events.map((event) => event.name),
    "Events.Attributes": events.map((event) => mapOf(event.attributes)),
    "Links.TraceId": links.map((link) => hex(link.traceId)),
    "Links.SpanId": links.map((link) => hex(link.spanId)),
    "Links.TraceState": links.map(() => ""),
    "Links.Attributes": links.map(() => ({})),
  };
}

function flatLog(record: Fields): Fields {
  return {
    Timestamp: record.timeUnixNano,
    TraceId: hex(record.traceId),
    SpanId: hex(record.spanId),
    TraceFlags: record.flags,
    SeverityText: record.severityText,
    SeverityNumber: record.severityNumber,
    Body: (record.body as Pair["value"]).stringValue,
    ResourceSchemaUrl: "",
    ScopeSchemaUrl: "",
    ScopeAttributes: {},
    LogAttributes: mapOf(record.attributes),
    EventName: "",
  };
}

const list = (value: unknown) => value as readonly Fields[];
const hex = (value: unknown) => Buffer.from(value as Uint8Array).toString("hex");

function mapOf(attributes: unknown): Record<string, string> {
  const pairs = (attributes as readonly Pair[]).map(({ key, value }) => [
    key,
    value.stringValue ?? value.intValue ?? "",
  ]);
  return Object.fromEntries(pairs.toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1)));
}
