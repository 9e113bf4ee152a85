import { z } from "zod";
import { moment, sql, string, uint32 } from "#lib/sql.ts";
import { compareText } from "#sagas/distinct-events.ts";
import type { Asker } from "#store/clickhouse/ask.ts";

/** When a saga was alive, in ms, and the traces of its events' `traceparent`, each once. */
export interface SagaLife {
  readonly id: string;
  readonly startedMs: number;
  readonly lastEventMs: number;
  readonly traceIds: readonly string[];
}

const aheadMs = 60_000;
const behindMs = 600_000;

/** Bounds for reading telemetry of a saga: a minute before its start to ten minutes after its last event. */
export const telemetryWindow = ({ startedMs, lastEventMs }: Pick<SagaLife, "startedMs" | "lastEventMs">) => ({
  from: moment(startedMs - aheadMs),
  to: moment(lastEventMs + behindMs),
});

const Row = z.object({ trace: z.string() });

/** Every trace of a saga, in order, at most `limit`: those of its events, and those with a span that names the saga. */
export async function sagaTraceIds(asker: Asker, life: SagaLife, limit: number): Promise<string[]> {
  const { from, to } = telemetryWindow(life);
  const id = string(life.id);
  const rows = await asker.ask(
    sql`SELECT DISTINCT TraceId AS trace FROM otel_traces
      WHERE has(mapValues(SpanAttributes), ${id}) AND SpanAttributes['saga.id'] = ${id}
        AND Timestamp >= ${from} AND Timestamp < ${to} AND trace != ''
      ORDER BY trace LIMIT ${uint32(limit)}`,
    Row,
  );
  return [...new Set([...life.traceIds, ...rows.map(({ trace }) => trace)])].sort(compareText).slice(0, limit);
}
