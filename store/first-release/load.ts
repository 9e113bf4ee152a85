import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { StoreClient } from "#store/clickhouse/client.ts";

/** The tables that it wrote itself. */
export const storedTables = ["saga_events", "otel_traces", "otel_logs", "otel_metrics_histogram", "dead_letters"];

/** The rows that the first release stored of a table, with the names of their columns. */
export async function storedRows(table: string): Promise<{ columns: string[]; rows: unknown[][] }> {
  const text = gunzipSync(await readFile(`${import.meta.dirname}/${table}.jsonl.gz`)).toString();
  const [columns = [], ...rows] = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { columns, rows };
}

/** Puts what the first release stored into its tables, in several parts; its views make the rest, as they did then. */
export async function loadFirstRelease(client: StoreClient): Promise<void> {
  for (const table of storedTables) {
    const { columns, rows } = await storedRows(table);
    for (const part of [0, 1, 2])
      await insertRows(client, { table, columns, rows: rows.filter((_, index) => index % 3 === part) });
  }
}

export async function insertRows(
  client: StoreClient,
  { table, columns, rows }: { table: string; columns: readonly string[]; rows: readonly unknown[] },
): Promise<void> {
  await client.insert({
    table,
    columns: [columns[0] ?? "", ...columns.slice(1)],
    format: "JSONCompactEachRow",
    values: rows,
    clickhouse_settings: { async_insert: 0, wait_end_of_query: 1 },
  });
}
