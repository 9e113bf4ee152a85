import { z } from "zod";
import { sql, string, uint32, uint64 } from "#lib/sql.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import type { StoredRange } from "#store/clickhouse/inserts/forget-range.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";

const Row = z.tuple([z.string().regex(/^\d+$/)]);

/** Of which offsets of a range a table holds rows. It reads three columns of all its rows: ask seldom. */
export async function offsetsHeld(
  client: StoreClient,
  table: InsertedTable,
  { topic, partition, min, max }: StoredRange,
): Promise<ReadonlySet<bigint>> {
  const where = sql`_topic = ${string(topic)} AND _partition = ${uint32(partition)} AND _offset BETWEEN ${uint64(min)} AND ${uint64(max)}`;
  const answer = await client.query({
    query: `SELECT DISTINCT toString(_offset) FROM ${table} WHERE ${where.text} LIMIT 1000000`,
    query_params: where.params,
    format: "JSONCompactEachRow",
  });
  return new Set(
    z
      .array(Row)
      .parse(await answer.json())
      .map(([offset]) => BigInt(offset)),
  );
}
