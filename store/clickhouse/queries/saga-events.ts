import { z } from "zod";
import type { SagaEventRow } from "#contracts/api/saga.ts";
import { SagaId } from "#contracts/ids.ts";
import { type Sql, sql, string, uint32 } from "#lib/sql.ts";
import { greatest } from "#sagas/distinct-events.ts";
import { startOf } from "#sagas/start.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time, TimeOrNone } from "./column-shapes.ts";
import type { KnownSaga } from "./find-saga.ts";
import { partsFirst, storedLater } from "./saga-place.ts";

const Fields = z.object({
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
});

/** An event as `eventColumns` reads it. */
export const EventRow = Fields.transform(eventOf);

function eventOf(row: z.infer<typeof Fields>): SagaEventRow {
  return {
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
  };
}

export const eventColumns: Sql = sql`event_id AS id, event_type AS type, time AS at, source, step, attempt, compensates,
  causation_id AS causation, trace_id AS trace, span_id AS span, service_version, labels, plan, undo_order, deadline AS due,
  error_code, error_message, error_retryable, payload, ingested_at AS ingested,
  _topic AS topic, _partition AS partition, toString(_offset) AS offset`;

/** Of events of one time, by their ids; of each of these what was stored first comes first. */
const storedFirst = sql`event_id, ingested_at, _topic, _partition, _offset`;

/** In time order, of each id what was stored first. */
export const firstStored: Sql = sql`ORDER BY time, ${storedFirst} LIMIT 1 BY event_id`;

const RowOfSaga = Fields.extend({
  started: Time,
  start_unsaid: z.boolean(),
  saga_type: z.string(),
  saga_version: z.string(),
  subject: z.string(),
});

/**
 * The saga with this id, however old, and the first `limit` of its events in time order, each id once: as it was stored first. What it
 * is known by is what those events say. Undefined where there is none.
 */
export async function sagaEvents(
  asker: Asker,
  { id, limit }: { id: string; limit: number },
): Promise<{ saga: Omit<KnownSaga, "lastEventAt">; events: SagaEventRow[] } | undefined> {
  // Of an id that several sagas bear, the first one's events come first.
  const found = await asker.ask(
    sql`SELECT saga_started AS started, start_unsaid, saga_type, saga_version, subject, ${eventColumns},
        count() OVER (PARTITION BY saga_started, event_id) - 1 AS duplicates
      FROM saga_events WHERE saga_id = ${string(id)}
      ORDER BY started, time, ${storedFirst} LIMIT 1 BY started, event_id LIMIT ${uint32(limit)} ${partsFirst}`,
    RowOfSaga,
  );
  const storedAt = found[0]?.started;
  if (storedAt === undefined) return undefined;
  const rows = found.filter(({ started }) => started === storedAt);
  const startedAt = startOf(
    storedAt,
    rows.filter((row) => row.start_unsaid).map((row) => row.at),
  );
  const most = (texts: readonly string[]) => greatest(texts) ?? "";
  const saga = {
    id: SagaId.parse(id),
    type: most(rows.map((row) => row.saga_type)),
    version: most(rows.map((row) => row.saga_version)),
    subject: most(rows.map((row) => row.subject)),
    startedAt,
    ...storedLater(startedAt, storedAt),
  };
  return { saga, events: rows.map(eventOf) };
}
