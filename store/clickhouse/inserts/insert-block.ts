import { Readable } from "node:stream";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { compressedBody, ofCompressed } from "./compressed-body.ts";
import { type InsertedTable, insertedColumns } from "./tables.ts";

/** Rows of one table that go in together or not at all. */
export interface Block {
  readonly table: InsertedTable;
  /** Each of the table's `insertedColumns`, in their order. */
  readonly format?: "JSONCompactEachRow" | "Native";
  /** In pieces. */
  readonly body: readonly Uint8Array[] | PackedBody;
  /** The same token for the same rows: the store keeps a block with a known token out. */
  readonly token: string;
}

/** What is compressed already, and how many bytes it was before. */
export interface PackedBody {
  readonly packed: readonly Uint8Array[];
  readonly bytes: number;
}

// Whatever its size and however many days it touches, a block must stay one block: only then does its token say what is in it.
const oneBlock = {
  max_block_size: "10000000",
  max_insert_threads: "1",
  max_insert_block_size: "10000000",
  min_insert_block_size_rows: "10000000",
  min_insert_block_size_bytes: "1073741824",
  input_format_parallel_parsing: 0,
  max_partitions_per_insert_block: "0",
  // The views group by their tables' sorting keys: there is nothing left to fold.
  optimize_on_insert: 0,
} as const;

/**
 * To compile expressions costs a small block a quarter of its time, and pays from some thousand rows on. So does a second thread, which
 * works on what views make of a block while the first goes on; it does not cut it.
 */
const bySize = (isLarge: boolean) => {
  const compiled = isLarge ? 1 : 0;
  return {
    max_threads: isLarge ? 2 : 1,
    compile_expressions: compiled,
    compile_aggregate_expressions: compiled,
    compile_sort_description: compiled,
  } as const;
};
const largeBytes = 1_000_000;

/** What makes an insert of `bytes` count once under its token, and end only when all that views make of it is stored. */
export function onceUnder(token: string, bytes: number) {
  return {
    ...oneBlock,
    ...bySize(bytes > largeBytes),
    async_insert: 0,
    wait_end_of_query: 1,
    insert_deduplicate: 1,
    insert_deduplication_token: token,
    deduplicate_blocks_in_dependent_materialized_views: 1,
    // On a cluster: not before every shard has its share, and never by a queue that forgets the token.
    distributed_foreground_insert: 1,
  } as const;
}

/** What an insert of a block sends, and the settings that keep it from counting twice. */
export function sentOf({ body, token }: Block) {
  const isPacked = "packed" in body;
  const bytes = isPacked ? body.bytes : body.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return {
    values: Readable.from(isPacked ? body.packed : compressedBody(body)),
    http_headers: ofCompressed,
    clickhouse_settings: onceUnder(token, bytes),
  };
}

/** Inserts a block once, however often it is tried. Resolves when it and all that views make of it are stored. */
export async function insertBlock(client: StoreClient, block: Block): Promise<void> {
  const { table, format } = block;
  const columns = insertedColumns[table].map((name) => `\`${name}\``).join(", ");
  const answer = await client.exec({
    query: `INSERT INTO ${table} (${columns}) FORMAT ${format ?? "JSONCompactEachRow"}`,
    ...sentOf(block),
  });
  await answer.stream.resume().toArray();
}
