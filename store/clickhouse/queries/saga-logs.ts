import { z } from "zod";
import type { LogRow } from "#contracts/api/saga.ts";
import { type Hole, sql, string, strings, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Time } from "./column-shapes.ts";

const Row = z
  .object({
    at: Time,
    severity: z.string(),
    service: z.string(),
    body: z.string(),
    trace: z.string(),
    span: z.string(),
    attributes: z.record(z.string(), z.string()),
  })
  .transform(
    (row): LogRow => ({
      time: row.at,
      severity: row.severity,
      service: row.service,
      body: row.body,
      traceId: row.trace,
      spanId: row.span,
      attributes: row.attributes,
    }),
  );

/** The first `limit` log records of a saga's traces and of its id between two moments, merged by time. */
export async function sagaLogs(
  asker: Asker,
  { id, traceIds }: { id: string; traceIds: readonly string[] },
  { from, to, limit }: { from: Hole; to: Hole; limit: number },
): Promise<LogRow[]> {
  return await asker.ask(
    sql`SELECT Timestamp AS at, SeverityText AS severity, ServiceName AS service, Body AS body, TraceId AS trace,
        SpanId AS span, LogAttributes AS attributes
      FROM otel_logs
      WHERE (has(${strings(traceIds)}, TraceId) OR has(mapValues(LogAttributes), ${string(id)}) AND LogAttributes['saga.id'] = ${string(id)})
        AND TimestampTime >= toDateTime(${from}) AND TimestampTime < toDateTime(${to})
      ORDER BY Timestamp, ServiceName, Body LIMIT ${uint32(limit)}`,
    Row,
  );
}
