import { z } from "zod";
import { type Sql, sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";

/**
 * What `ask` answers of `spans` (`service_spans` and what narrows it), each counted once; it is given them as a question. To tell each
 * apart takes three times as long as to count them, and nearly always none is there twice: so it is asked of all as they lie, while it is
 * looked whether any is.
 */
export async function onceEach<Answer>(asker: Asker, spans: Sql, ask: (each: Sql) => Promise<Answer>): Promise<Answer> {
  const [[found], answer] = await Promise.all([
    asker.ask(sql`SELECT count() - uniqExact(Id) AS again FROM ${spans} LIMIT 1`, z.object({ again: Count })),
    ask(sql`SELECT * FROM ${spans}`),
  ]);
  return found?.again ? await ask(sql`SELECT * FROM ${spans} LIMIT 1 BY Id`) : answer;
}
