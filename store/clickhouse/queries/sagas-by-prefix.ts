import { z } from "zod";
import { type Sql, sql, string, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Time } from "./column-shapes.ts";
import type { SagaPlace } from "./saga-place.ts";

const Found = z.object({ id: z.string() });

/** Whether `saga_id` begins with `text`: a range of the primary key of `saga_events`. */
export const idsBeginWith = (text: string): Sql =>
  sql`saga_id >= ${string(text)} AND saga_id < concat(${string(text)}, char(255)) AND startsWith(saga_id, ${string(text)})`;

/** Ids of sagas that begin with `text`, newest first. An id is the head of the events' order, so this is a short read. */
export async function sagasByPrefix(asker: Asker, text: string, limit: number): Promise<string[]> {
  const rows = await asker.ask(
    sql`SELECT saga_id AS id, max(saga_started) AS newest FROM saga_events
      WHERE ${idsBeginWith(text)}
      GROUP BY saga_id ORDER BY newest DESC, id LIMIT ${uint32(limit)}`,
    Found,
  );
  return rows.map((row) => row.id);
}

const Place = z.object({ id: z.string(), startedAt: Time });

/** Where the sagas whose ids begin with `text` are stored: any `limit` of them. */
export async function placesByPrefix(asker: Asker, text: string, limit: number): Promise<SagaPlace[]> {
  return await asker.ask(
    sql`SELECT DISTINCT saga_id AS id, saga_started AS startedAt FROM saga_events WHERE ${idsBeginWith(text)} LIMIT ${uint32(limit)}`,
    Place,
  );
}
