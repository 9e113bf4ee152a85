import { z } from "zod";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { sql, string } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { listOf } from "./listed-sagas.ts";
import type { Lateness } from "./saga-expressions.ts";
import { SagaRow, sagaColumns } from "./saga-row.ts";

/** The saga with this id, however old; undefined where there is none. Its events know the day it is stored under. */
export async function findSaga(asker: Asker, id: string, late: Lateness): Promise<SagaSummary | undefined> {
  const days = await asker.ask(
    sql`SELECT DISTINCT toString(saga_started) AS started FROM saga_events WHERE saga_id = ${string(id)}
      ORDER BY started LIMIT 10`,
    z.object({ started: z.string() }),
  );
  const first = days[0];
  if (!first) return undefined;
  const rows = await asker.ask(
    sql`SELECT ${sagaColumns(late)} FROM (${listOf(sql`sagas FINAL WHERE started = toDateTime64(${string(first.started)}, 3, 'UTC') AND saga_id = ${string(id)}`)}) LIMIT 1`,
    SagaRow,
  );
  return rows[0];
}
