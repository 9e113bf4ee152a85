import type { StoreClient } from "#store/clickhouse/client.ts";
import { insertedColumns } from "./tables.ts";

/** Reads no row of any table that ingest writes: throws where the store is away, or lacks a table or a column. */
export async function checkTables(client: StoreClient): Promise<void> {
  for (const [table, columns] of Object.entries(insertedColumns)) {
    const list = columns.map((name) => `\`${name}\``).join(", ");
    const answer = await client.query({ query: `SELECT ${list} FROM ${table} LIMIT 0`, format: "JSONEachRow" });
    await answer.text();
  }
}
