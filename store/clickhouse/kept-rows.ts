import type { Kept, Retention } from "#contracts/retention.ts";
import { createAsker } from "./ask.ts";
import type { StoreClient } from "./client.ts";
import { storedTables } from "./queries/stored-tables.ts";
import { type GrowingTable, growingTables, keptBy } from "./retention.ts";
import { localTable } from "./spread.ts";

/** What a table holds, and how long it keeps it. */
export interface KeptRows {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  /** Of the rows that are there, the oldest by the time that counts; null without rows. */
  readonly oldest: string | null;
  /** As set in the store; undefined where rows are kept for ever. */
  readonly ttl: string | undefined;
  /** As the retention file says. */
  readonly wanted: Kept;
}

/**
 * How it stands with every table that grows, on a cluster with the part of the node that answers. A table that is not
 * there has no rows.
 */
export async function keptRows(client: StoreClient, retention: Retention, isCluster = false): Promise<KeptRows[]> {
  const growing = Object.entries(growingTables).flatMap(([name, tables]) =>
    tables.map(({ table, from }) => ({
      table: isCluster ? localTable(table) : table,
      from,
      wanted: retention[name as keyof Retention],
    })),
  );
  const tables = growing.map(({ table }) => table);
  const sizes = new Map((await storedTables(createAsker(client), tables)).map((size) => [size.name, size]));
  const kept: KeptRows[] = [];
  for (const { table, from, wanted } of growing) {
    const { rows = 0, bytes = 0, engine = "" } = sizes.get(table) ?? {};
    const oldest = rows === 0 ? null : await oldestOf(client, { table, from });
    kept.push({ table, rows, bytes, oldest, ttl: keptBy(engine), wanted });
  }
  return kept;
}

async function oldestOf(client: StoreClient, { table, from }: GrowingTable): Promise<string | null> {
  const answer = await client.query({
    query: `SELECT toString(min(${from})) AS oldest FROM {table:Identifier}`,
    query_params: { table },
    format: "JSONEachRow",
  });
  const [row] = await answer.json<{ oldest: string }>();
  return row?.oldest ?? null;
}
