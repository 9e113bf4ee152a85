import { z } from "zod";
import { sql, string } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";

const Row = z.object({ spans: z.coerce.number(), from_s: z.number(), to_s: z.number() });

/** When a trace began and ended, in ms, rounded outwards to seconds; null for one without a span. */
export async function traceWindow(asker: Asker, traceId: string): Promise<{ fromMs: number; toMs: number } | null> {
  const [row] = await asker.ask(
    sql`SELECT count() AS spans, toUnixTimestamp(min(Start)) AS from_s, toUnixTimestamp(max(End)) AS to_s
      FROM otel_traces_trace_id_ts WHERE TraceId = ${string(traceId)} LIMIT 1`,
    Row,
  );
  return row && row.spans > 0 ? { fromMs: row.from_s * 1000, toMs: (row.to_s + 1) * 1000 } : null;
}
