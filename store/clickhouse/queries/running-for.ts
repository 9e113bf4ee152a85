import { z } from "zod";
import { sql } from "#lib/sql.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";

const Row = z.object({ ms: z.coerce.number(), engine: z.string() });

/**
 * For how many ms the store has been running, rounded down to a second; undefined where its tokens outlive it, since the
 * tables are replicated.
 */
export async function runningForMs(client: StoreClient): Promise<number | undefined> {
  const query = sql`
    SELECT uptime() * 1000 AS ms, engine
    FROM system.tables
    WHERE database = currentDatabase() AND name = 'saga_events'
    LIMIT 1`;
  const answer = await client.query({ query: query.text, query_params: query.params, format: "JSONEachRow" });
  const [row] = z.array(Row).parse(await answer.json());
  return row?.engine === "MergeTree" ? row.ms : undefined;
}
