import { z } from "zod";
import { sql, string } from "#lib/sql.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import { Count } from "./column-shapes.ts";

/** The tables whose rows say where they stood. */
export type PlacedTable = Exclude<InsertedTable, "ingest_gaps" | "ingest_groups" | "ingest_logs" | "ingest_skips">;

const Row = z.object({ partition: Count, last: z.string().regex(/^\d+$/) });

/**
 * The offset after the last that these tables hold of each partition of a topic, or that the reading of that name is known to
 * have passed over; partitions of which there is nothing are absent. It reads three columns of all their rows: ask seldom.
 */
export async function storedOffsets(
  client: StoreClient,
  { topic, name }: { topic: string; name: string },
  tables: readonly PlacedTable[],
): Promise<ReadonlyMap<number, bigint>> {
  const next = new Map<number, bigint>();
  const asked = [
    ...tables.map((table) => ({ table, offset: "_offset", of: topic })),
    { table: "ingest_skips", offset: "max_offset", of: name },
  ];
  for (const { table, offset, of } of asked) {
    const where = sql`_topic = ${string(of)}`;
    const answer = await client.query({
      query: `SELECT _partition AS partition, toString(max(${offset})) AS last FROM ${table}
        WHERE ${where.text} GROUP BY _partition LIMIT 100000`,
      query_params: where.params,
      format: "JSONEachRow",
    });
    for (const { partition, last } of z.array(Row).parse(await answer.json())) {
      const after = BigInt(last) + 1n;
      if (after > (next.get(partition) ?? 0n)) next.set(partition, after);
    }
  }
  return next;
}
