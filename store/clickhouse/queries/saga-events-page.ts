import { z } from "zod";
import type { SagaEventRow } from "#contracts/api/saga.ts";
import { moment, nanoMoment, type Sql, sql, string, strings, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count, Time } from "./column-shapes.ts";
import { EventRow, eventColumns, firstStored } from "./saga-events.ts";

/** Where a page of a saga's events ended. */
export interface EventCursor {
  /** RFC 3339 with nanoseconds, UTC. */
  readonly time: string;
  readonly id: string;
}

const Head = z.object({ id: z.string(), at: Time, copies: Count });

/**
 * The first `limit` events of a saga that is stored under `startedMs`, or those after `cursor`, as `sagaEvents` has them. Of the saga as a
 * whole only ids and times are read.
 */
export async function sagaEventsPage(
  asker: Asker,
  { id, startedMs }: { id: string; startedMs: number },
  { cursor, limit }: { cursor: EventCursor | undefined; limit: number },
): Promise<SagaEventRow[]> {
  const ofSaga: Sql = sql`saga_id = ${string(id)} AND saga_started = ${moment(startedMs)}`;
  const after = cursor ? sql`(at, id) > (${nanoMoment(cursor.time)}, ${string(cursor.id)})` : sql`1`;
  const heads = await asker.ask(
    sql`SELECT event_id AS id, min(time) AS at, count() AS copies FROM saga_events WHERE ${ofSaga}
      GROUP BY id HAVING ${after} ORDER BY at, id LIMIT ${uint32(limit)}`,
    Head,
  );
  const [first, last] = [heads.at(0), heads.at(-1)];
  if (!first || !last) return [];
  const copiesOf = new Map(heads.map((head) => [head.id, head.copies]));
  const events = await asker.ask(
    sql`SELECT ${eventColumns}, 0 AS duplicates FROM saga_events
      WHERE ${ofSaga} AND time >= ${nanoMoment(first.at)} AND time <= ${nanoMoment(last.at)} AND event_id IN ${strings([...copiesOf.keys()])}
      ${firstStored} LIMIT ${uint32(limit)}`,
    EventRow,
  );
  return events.map((event) => ({ ...event, duplicates: (copiesOf.get(event.id) ?? 1) - 1 }));
}
