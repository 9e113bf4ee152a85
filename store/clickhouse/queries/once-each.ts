import { z } from "zod";
import { type Sql, sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";

/** Rows to be read (a table and what narrows it), and what tells which of them are the same one stored twice. */
export interface StoredRows {
  readonly rows: Sql;
  readonly id: Sql;
}

/**
 * What `ask` answers of the rows, each counted once; it is given them as a question. To tell each apart takes three times as long
 * as to count them, and nearly always none is there twice: so it is asked of all as they lie, while it is looked whether any is.
 */
export async function onceEach<Answer>(
  asker: Asker,
  { rows, id }: StoredRows,
  ask: (each: Sql) => Promise<Answer>,
): Promise<Answer> {
  const [[found], answer] = await Promise.all([
    asker.ask(sql`SELECT count() - uniqExact(${id}) AS again FROM ${rows} LIMIT 1`, z.object({ again: Count })),
    ask(sql`SELECT * FROM ${rows}`),
  ]);
  return found?.again ? await ask(sql`SELECT * FROM ${rows} LIMIT 1 BY ${id}`) : answer;
}
