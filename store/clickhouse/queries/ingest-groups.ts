import { z } from "zod";
import { sql, string } from "#lib/sql.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";

const Row = z.object({ id: z.string() });

/** The consumer groups that have stored here what ingest reads under this name. */
export async function ingestGroups(client: StoreClient, topic: string): Promise<string[]> {
  const query = sql`SELECT group_id AS id FROM ingest_groups WHERE topic = ${string(topic)}
    GROUP BY id ORDER BY id LIMIT 1000`;
  const answer = await client.query({ query: query.text, query_params: query.params, format: "JSONEachRow" });
  return z
    .array(Row)
    .parse(await answer.json())
    .map(({ id }) => id);
}
