import type { StoreClient } from "#store/clickhouse/client.ts";
import type { TraceFilter } from "./list-traces.ts";
import type { LogFilter } from "./log-filter.ts";

/** For tests: log lines of any kind. */
export const everyLog: Omit<LogFilter, "window"> = {
  words: undefined,
  services: [],
  severity: undefined,
  traceId: undefined,
  saga: undefined,
  attributes: [],
};

/** For tests: traces of any kind. */
export const everyTrace: Omit<TraceFilter, "window"> = {
  services: [],
  operations: [],
  attributes: [],
  minMs: undefined,
  maxMs: undefined,
  status: undefined,
};

export const hex = (number: number, length: number): string => number.toString(16).padStart(length, "0");

/** A moment as the store reads it. */
export const stored = (ms: number): string => new Date(ms).toISOString().replace("T", " ").replace("Z", "");

/** A span of a test; what is left out it does not have. */
export interface MadeSpan {
  readonly atMs: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: number;
  readonly name?: string;
  readonly kind?: string;
  readonly service?: string;
  readonly version?: string;
  readonly tookMs?: number;
  readonly failed?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Trace and span. */
  readonly link?: readonly [string, string];
}

/** Stores spans through the table that ingest inserts into. */
export async function storeSpans(client: StoreClient, spans: readonly MadeSpan[]): Promise<void> {
  const values = spans.map((span) => ({
    Timestamp: stored(span.atMs),
    TraceId: span.traceId,
    SpanId: span.spanId,
    ParentSpanId: span.parent === undefined ? "" : hex(span.parent, 16),
    SpanName: span.name,
    SpanKind: span.kind,
    ServiceName: span.service,
    ResourceAttributes: span.version === undefined ? {} : { "service.version": span.version },
    SpanAttributes: span.attributes,
    Duration: Math.round((span.tookMs ?? 0) * 1e6),
    StatusCode: span.failed ? "Error" : "Unset",
    "Links.TraceId": span.link ? [span.link[0]] : [],
    "Links.SpanId": span.link ? [span.link[1]] : [],
    "Links.TraceState": span.link ? [""] : [],
    "Links.Attributes": span.link ? [{}] : [],
  }));
  await client.insert({
    table: "otel_traces",
    format: "JSONEachRow",
    values,
    clickhouse_settings: { async_insert: 0 },
  });
}
