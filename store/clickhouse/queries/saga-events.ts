import { z } from "zod";
import type { SagaEventRow } from "#contracts/api/saga.ts";
import { moment, type Sql, sql, string, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time, TimeOrNone } from "./column-shapes.ts";

/** An event as `eventColumns` reads it. */
export const EventRow = z
  .object({
    id: z.string(),
    type: z.string(),
    at: Time,
    source: z.string(),
    step: z.string(),
    attempt: Count,
    compensates: z.string(),
    causation: z.string(),
    trace: z.string(),
    span: z.string(),
    service_version: z.string(),
    labels: z.record(z.string(), z.string()),
    plan: z.array(z.string()),
    undo_order: z.enum(["", "reverse"]),
    due: TimeOrNone,
    error_code: z.string(),
    error_message: z.string(),
    error_retryable: z.boolean(),
    payload: z.string(),
    ingested: Time,
    topic: z.string(),
    partition: Count,
    offset: z.string(),
    duplicates: Count,
  })
  .transform(
    (row): SagaEventRow => ({
      id: row.id,
      type: row.type,
      time: row.at,
      source: row.source,
      step: row.step,
      attempt: row.attempt,
      compensates: row.compensates,
      causationId: row.causation,
      traceId: row.trace,
      spanId: row.span,
      serviceVersion: row.service_version,
      labels: row.labels,
      plan: row.plan,
      undoOrder: row.undo_order === "" ? null : row.undo_order,
      deadline: row.due,
      error:
        row.error_code === ""
          ? null
          : { code: row.error_code, message: row.error_message, retryable: row.error_retryable },
      payload: row.payload,
      ingestedAt: row.ingested,
      topic: row.topic,
      partition: row.partition,
      offset: row.offset,
      duplicates: row.duplicates,
    }),
  );

export const eventColumns: Sql = sql`event_id AS id, event_type AS type, time AS at, source, step, attempt, compensates,
  causation_id AS causation, trace_id AS trace, span_id AS span, service_version, labels, plan, undo_order, deadline AS due,
  error_code, error_message, error_retryable, payload, ingested_at AS ingested,
  _topic AS topic, _partition AS partition, toString(_offset) AS offset`;

/** In time order, of each id what was stored first. */
export const firstStored: Sql = sql`ORDER BY time, event_id, ingested_at, _topic, _partition, _offset LIMIT 1 BY event_id`;

/**
 * The first `limit` events of a saga that started at `startedMs`, in time order, each id once: as it was stored first. Where `untilMs` is
 * given, only those that are dated so far.
 */
export async function sagaEvents(
  asker: Asker,
  { id, startedMs, untilMs, limit }: { id: string; startedMs: number; untilMs?: number | undefined; limit: number },
): Promise<SagaEventRow[]> {
  const until = untilMs === undefined ? sql`1` : sql`toDateTime64(time, 3, 'UTC') <= ${moment(untilMs)}`;
  const query = sql`SELECT ${eventColumns}, copies - 1 AS duplicates
    FROM (SELECT *, count() OVER (PARTITION BY event_id) AS copies FROM saga_events
      WHERE saga_id = ${string(id)} AND saga_started = ${moment(startedMs)} AND ${until})
    ${firstStored} LIMIT ${uint32(limit)}`;
  return await asker.ask(query, EventRow);
}
