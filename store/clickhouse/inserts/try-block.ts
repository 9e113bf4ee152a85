import { Readable } from "node:stream";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { type Block, onceUnder, sizeOf } from "./insert-block.ts";
import { insertedColumns } from "./tables.ts";

/**
 * Has the store read a block's rows as `insertBlock` does, and keep nothing: no view sees them. Fails as the insert does
 * where the rows themselves are at fault.
 */
export async function tryBlock(client: StoreClient, { table, format, body, token }: Block): Promise<void> {
  const query = "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}";
  const answer = await client.query({ query, query_params: { table }, format: "JSONEachRow" });
  const types = new Map((await answer.json<{ name: string; type: string }>()).map(({ name, type }) => [name, type]));
  const structure = insertedColumns[table].map((name) => `\`${name}\` ${types.get(name)}`).join(", ");
  const quoted = structure.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  const done = await client.exec({
    query: `INSERT INTO FUNCTION null('${quoted}') FORMAT ${format ?? "JSONCompactEachRow"}`,
    values: Readable.from(body, { objectMode: false }),
    clickhouse_settings: onceUnder(token, sizeOf(body)),
  });
  await done.stream.resume().toArray();
}
