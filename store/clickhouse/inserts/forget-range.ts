import { sql, string, uint32, uint64 } from "#lib/sql.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import type { InsertedTable } from "./tables.ts";

/** Consecutive offsets of one topic-partition. */
export interface StoredRange {
  readonly topic: string;
  readonly partition: number;
  readonly min: bigint;
  readonly max: bigint;
}

/** Deletes what a table holds of a range; resolves when it is gone. What views made of it stays. */
export async function forgetRange(
  client: StoreClient,
  table: InsertedTable,
  { topic, partition, min, max }: StoredRange,
): Promise<void> {
  const where = sql`_topic = ${string(topic)} AND _partition = ${uint32(partition)} AND _offset BETWEEN ${uint64(min)} AND ${uint64(max)}`;
  await client.command({
    query: `DELETE FROM ${table} WHERE ${where.text}`,
    query_params: where.params,
    clickhouse_settings: { lightweight_deletes_sync: "2" },
  });
}
