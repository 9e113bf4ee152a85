import { z } from "zod";
import { moment, sql, string, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";

/** When a saga was alive, in ms, with what telemetry may lag behind or run ahead. */
export interface SagaLife {
  readonly id: string;
  readonly startedMs: number;
  /** Under what it is stored, where that is later. */
  readonly storedMs?: number;
  readonly lastEventMs: number;
}

const aheadMs = 60_000;
const behindMs = 600_000;

/** Bounds for reading telemetry of a saga: a minute before its start to ten minutes after its last event. */
export const telemetryWindow = ({ startedMs, lastEventMs }: SagaLife) => ({
  from: moment(startedMs - aheadMs),
  to: moment(lastEventMs + behindMs),
});

const Row = z.object({ trace: z.string() });

/** Every trace of a saga: those of its events' `traceparent`, and those with a span that names the saga. */
export async function sagaTraceIds(asker: Asker, life: SagaLife, limit: number): Promise<string[]> {
  const { from, to } = telemetryWindow(life);
  const id = string(life.id);
  const rows = await asker.ask(
    sql`SELECT DISTINCT trace FROM (
        SELECT trace_id AS trace FROM saga_events WHERE saga_id = ${id} AND saga_started = ${moment(life.storedMs ?? life.startedMs)}
        UNION ALL
        SELECT TraceId AS trace FROM otel_traces
        WHERE has(mapValues(SpanAttributes), ${id}) AND SpanAttributes['saga.id'] = ${id}
          AND Timestamp >= ${from} AND Timestamp < ${to})
      WHERE trace != '' ORDER BY trace LIMIT ${uint32(limit)}`,
    Row,
  );
  return rows.map((row) => row.trace);
}
