import { z } from "zod";
import type { LogRow } from "#contracts/api/saga.ts";
import { type Hole, type Sql, sql, string, strings, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Time } from "./column-shapes.ts";

/** A log line as `logColumns` reads it. */
export const LogColumns = z.object({
  at: Time,
  severity: z.string(),
  service: z.string(),
  body: z.string(),
  trace: z.string(),
  span: z.string(),
  attributes: z.record(z.string(), z.string()),
});

export const logColumns: Sql = sql`Timestamp AS at, SeverityText AS severity, ServiceName AS service, Body AS body,
  TraceId AS trace, SpanId AS span, LogAttributes AS attributes`;

/** The same as the API tells it. */
export function logRow({ at, severity, service, body, trace, span, attributes }: z.output<typeof LogColumns>): LogRow {
  return { time: at, severity, service, body, traceId: trace, spanId: span, attributes };
}

/** Whether a row of `otel_logs` is of one of these traces or names the saga itself. */
export function ofSaga({ id, traceIds }: { id: string; traceIds: readonly string[] }): Sql {
  return sql`(has(${strings(traceIds)}, TraceId) OR has(mapValues(LogAttributes), ${string(id)}) AND LogAttributes['saga.id'] = ${string(id)})`;
}

/** The first `limit` log records of a saga's traces and of its id between two moments, merged by time. */
export async function sagaLogs(
  asker: Asker,
  saga: { id: string; traceIds: readonly string[] },
  { from, to, limit }: { from: Hole; to: Hole; limit: number },
): Promise<LogRow[]> {
  return await asker.ask(
    sql`SELECT ${logColumns} FROM otel_logs WHERE ${ofSaga(saga)} AND TimestampTime >= toDateTime(${from}) AND TimestampTime < toDateTime(${to})
      ORDER BY Timestamp, ServiceName, Body LIMIT ${uint32(limit)}`,
    LogColumns.transform(logRow),
  );
}
