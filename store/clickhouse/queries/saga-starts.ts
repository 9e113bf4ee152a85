import { z } from "zod";
import { sql, strings, uint32 } from "#lib/sql.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";

const Row = z.object({ id: z.string(), started: z.number() });

/** Where the store keeps these sagas: their start, in ms since the epoch. The unknown are absent. */
export async function sagaStarts(client: StoreClient, ids: readonly string[]): Promise<Map<string, number>> {
  const query = sql`
    SELECT saga_id AS id, toFloat64(toUnixTimestamp64Milli(min(saga_started))) AS started
    FROM saga_events
    WHERE saga_id IN ${strings(ids)}
    GROUP BY saga_id
    LIMIT ${uint32(ids.length)}`;
  const answer = await client.query({ query: query.text, query_params: query.params, format: "JSONEachRow" });
  const rows = z.array(Row).parse(await answer.json());
  return new Map(rows.map((row) => [row.id, row.started]));
}
