import assert from "node:assert/strict";
import type { Sql } from "#lib/sql.ts";
import { type Asker, type AskOptions, createAsker } from "#store/clickhouse/ask.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";

/** For tests: how one table is read: which parts of it of all, and by what its reading was narrowed. */
export interface Reading {
  readonly table: string;
  readonly parts: readonly [read: number, of: number];
  readonly indexes: string;
}

/** How each table is read by all that `work` asks. */
export async function readingsBy(
  client: StoreClient,
  work: (asker: Asker) => Promise<unknown>,
  options: AskOptions = {},
): Promise<Reading[]> {
  const asked: Sql[] = [];
  const asker = createAsker(client, options);
  await work({
    ...asker,
    ask: (query, row) => {
      asked.push(query);
      return asker.ask(query, row);
    },
  });
  const explained = await Promise.all(asked.map((query) => explain(client, query)));
  return explained.flatMap((plan) => plan.split("ReadFromMergeTree (").slice(1).map(readingOf));
}

async function explain(client: StoreClient, { text, params }: Sql): Promise<string> {
  const answer = await client.query({
    query: `EXPLAIN indexes = 1, pretty = 0 ${text}`,
    query_params: { ...params },
    format: "TabSeparatedRaw",
    clickhouse_settings: { do_not_merge_across_partitions_select_final: 1 },
  });
  return await answer.text();
}

function readingOf(plan: string): Reading {
  const [, table = ""] = /^\w+\.(\w+)\)/.exec(plan) ?? [];
  const counts = [...plan.matchAll(/Parts: (\d+)\/(\d+)/g)].map(([, read, of]) => [Number(read), Number(of)] as const);
  const first = counts.at(0);
  return { table, parts: [counts.at(-1)?.[0] ?? 0, first?.[1] ?? 0], indexes: plan };
}

/** Those of one table, of which there must be some. */
export function readingsFrom(readings: readonly Reading[], table: string): Reading[] {
  const own = readings.filter((reading) => reading.table === table);
  assert.ok(own.length > 0, `${table} is read`);
  return own;
}
