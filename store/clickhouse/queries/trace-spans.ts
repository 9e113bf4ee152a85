import { z } from "zod";
import { Span } from "#contracts/api/saga.ts";
import { type Hole, sql, strings, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";

const Row = z
  .object({
    trace: z.string(),
    span: z.string(),
    parent: z.string(),
    name: z.string(),
    kind: z.string(),
    service: z.string(),
    start_ms: z.number(),
    duration_ms: z.number(),
    status: Span.shape.status.catch("Unset"),
    message: z.string(),
    attributes: z.record(z.string(), z.string()),
    linked: z.array(z.tuple([z.string(), z.string()])),
  })
  .transform(
    (row): Span => ({
      traceId: row.trace,
      spanId: row.span,
      parentSpanId: row.parent,
      name: row.name,
      kind: row.kind,
      service: row.service,
      startMs: row.start_ms,
      durationMs: row.duration_ms,
      status: row.status,
      statusMessage: row.message,
      attributes: row.attributes,
      links: row.linked.map(([traceId, spanId]) => ({ traceId, spanId })),
    }),
  );

/** The first `limit` spans of these traces between two moments, in time order, each span once. */
export async function traceSpans(
  asker: Asker,
  traceIds: readonly string[],
  { from, to, limit }: { from: Hole; to: Hole; limit: number },
): Promise<Span[]> {
  if (traceIds.length === 0) return [];
  return await asker.ask(
    sql`SELECT TraceId AS trace, SpanId AS span, ParentSpanId AS parent, SpanName AS name, SpanKind AS kind,
        ServiceName AS service, toUnixTimestamp64Nano(Timestamp) / 1e6 AS start_ms, Duration / 1e6 AS duration_ms,
        StatusCode AS status, StatusMessage AS message, SpanAttributes AS attributes,
        arrayZip(\`Links.TraceId\`, \`Links.SpanId\`) AS linked
      FROM otel_traces WHERE TraceId IN ${strings(traceIds)} AND Timestamp >= ${from} AND Timestamp < ${to}
      ORDER BY Timestamp, TraceId, SpanId LIMIT 1 BY TraceId, SpanId LIMIT ${uint32(limit)}`,
    Row,
  );
}
