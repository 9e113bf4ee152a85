import { z } from "zod";
import { sql, string } from "#lib/sql.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { Count } from "./column-shapes.ts";

/** The log that a partition was read from last. */
export interface KnownLog {
  readonly id: string;
  /** Stored offsets below this one may be of an earlier log. */
  readonly before: bigint;
}

const Row = z.object({ partition: Count, id: z.string(), before_text: z.string().regex(/^\d+$/) });

/** The newest log of each partition of what ingest reads under this name. */
export async function ingestLogs(client: StoreClient, topic: string): Promise<ReadonlyMap<number, KnownLog>> {
  const query = sql`
    SELECT partition, argMax(log_id, since) AS id, toString(argMax(ingest_logs.before, since)) AS before_text
    FROM ingest_logs WHERE topic = ${string(topic)} GROUP BY partition LIMIT 100000`;
  const answer = await client.query({ query: query.text, query_params: query.params, format: "JSONEachRow" });
  const rows = z.array(Row).parse(await answer.json());
  return new Map(rows.map(({ partition, id, before_text }) => [partition, { id, before: BigInt(before_text) }]));
}
