import { z } from "zod";
import { sql, string, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";

const Found = z.object({ id: z.string() });

/** Ids of the sagas that this trace belongs to: by an event's `traceparent`, or by a span that names its saga. */
export async function sagasByTrace(asker: Asker, traceId: string, limit: number): Promise<string[]> {
  const rows = await asker.ask(
    sql`SELECT DISTINCT id FROM (
        SELECT saga_id AS id FROM saga_events WHERE trace_id = ${string(traceId)}
        UNION ALL
        SELECT SpanAttributes['saga.id'] AS id FROM otel_traces WHERE TraceId = ${string(traceId)} AND SpanAttributes['saga.id'] != '')
      ORDER BY id LIMIT ${uint32(limit)}`,
    Found,
  );
  return rows.map((row) => row.id);
}
