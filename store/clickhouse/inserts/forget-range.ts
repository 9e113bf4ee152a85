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

/** Of dead letters: which parts, the whole messages being part 0. */
export interface LetterParts {
  readonly first: number;
  readonly last: number;
}

/** Deletes what a table holds of a range; resolves when it is gone. What views made of it stays. `parts` is for dead letters. */
export async function forgetRange(
  client: StoreClient,
  table: InsertedTable,
  { topic, partition, min, max, parts }: StoredRange & { readonly parts?: LetterParts },
): Promise<void> {
  const where = sql`_topic = ${string(topic)} AND _partition = ${uint32(partition)} AND _offset BETWEEN ${uint64(min)} AND ${uint64(max)}`;
  const all = parts ? sql`${where} AND part BETWEEN ${uint32(parts.first)} AND ${uint32(parts.last)}` : where;
  await client.command({
    query: `DELETE FROM ${table} WHERE ${all.text}`,
    query_params: all.params,
    clickhouse_settings: { lightweight_deletes_sync: "2" },
  });
}
