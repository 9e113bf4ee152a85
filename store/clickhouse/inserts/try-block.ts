import type { StoreClient } from "#store/clickhouse/client.ts";
import { type Block, sentOf } from "./insert-block.ts";
import { type InsertedTable, insertedColumns } from "./tables.ts";

/**
 * Has the store read a block's rows as `insertBlock` does, and keep nothing: no view sees them. Fails as the insert does
 * where the rows themselves are at fault.
 */
export async function tryBlock(client: StoreClient, block: Block): Promise<void> {
  const { table, format } = block;
  const query = "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}";
  const answer = await client.query({ query, query_params: { table }, format: "JSONEachRow" });
  const types = new Map((await answer.json<{ name: string; type: string }>()).map(({ name, type }) => [name, type]));
  const structure = insertedColumns[table].map((name) => `\`${name}\` ${types.get(name)}`).join(", ");
  const quoted = structure.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  const done = await client.exec({
    query: `INSERT INTO FUNCTION null('${quoted}') FORMAT ${format ?? "JSONCompactEachRow"}`,
    ...sentOf(block),
  });
  await done.stream.resume().toArray();
}

/** Whether the store can read a row that this table holds; false where it holds none. */
export async function isKeptRowRead(client: StoreClient, table: InsertedTable): Promise<boolean> {
  const columns = insertedColumns[table].map((name) => `\`${name}\``).join(", ");
  const answer = await client.query({ query: `SELECT ${columns} FROM ${table} LIMIT 1`, format: "JSONCompactEachRow" });
  const row = await answer.text();
  if (row === "") return false;
  await tryBlock(client, { table, body: [Buffer.from(row)], token: "kept" });
  return true;
}
