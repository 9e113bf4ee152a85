import type { z } from "zod";
import { readTraceCursor, writeTraceCursor } from "#app/server/cursor.ts";
import { resolveRange } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { TraceListParams } from "#contracts/api/params.ts";
import type { TraceList } from "#contracts/api/trace.ts";
import { listTraces } from "#store/clickhouse/queries/list-traces.ts";
import type { Answering } from "./answering.ts";

/** A page of the traces that match. */
export async function answerTraces(
  params: z.output<typeof TraceListParams>,
  { asker, nowMs }: Answering,
): Promise<Omit<TraceList, keyof Cost>> {
  const { window } = resolveRange(params, nowMs);
  const cursor = params.cursor === undefined ? undefined : readTraceCursor(params.cursor);
  const { service: services, operation: operations, attribute: attributes, minMs, maxMs, status } = params;
  const filter = { window, services, operations, attributes, minMs, maxMs, status };
  const listed = await listTraces(asker, filter, { cursor, limit: params.limit + 1 });
  const traces = listed.slice(0, params.limit);
  const last = traces.at(-1);
  return {
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    traces,
    next: last && listed.length > params.limit ? writeTraceCursor(last) : null,
  };
}
