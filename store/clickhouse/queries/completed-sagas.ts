import { z } from "zod";
import { and, sql, string, uint32 } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Time } from "./column-shapes.ts";
import { began, state } from "./saga-expressions.ts";
import { type SagaPlace, storedLater } from "./saga-place.ts";
import { startedWithin, type TimeWindow } from "./time-window.ts";

const Row = z
  .object({ id: z.string(), started_at: Time, stored_at: Time })
  .transform(({ id, started_at: startedAt, stored_at: stored }) => ({
    id,
    startedAt,
    ...storedLater(startedAt, stored),
  }));

/** Some of the completed sagas of a type and version that started within the window: the same ones each time, as by chance. */
export async function completedSagas(
  asker: Asker,
  { type, version, window }: { type: string; version: string | undefined; window: TimeWindow },
  limit: number,
): Promise<SagaPlace[]> {
  const clauses = [startedWithin(window), sql`saga_type = ${string(type)}`, sql`${state} = 'completed'`];
  if (version !== undefined) clauses.push(sql`saga_version = ${string(version)}`);
  return await asker.ask(
    sql`SELECT saga_id AS id, ${began} AS started_at, started AS stored_at FROM ${asker.sagas} WHERE ${and(clauses)}
      ORDER BY cityHash64(saga_id), id LIMIT ${uint32(limit)}`,
    Row,
  );
}
