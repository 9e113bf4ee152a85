import { ClickHouseError } from "@clickhouse/client";
import { SagascopeError } from "#lib/errors.ts";
import type { StoreClient } from "#store/clickhouse/client.ts";
import { localTable } from "#store/clickhouse/spread.ts";
import { dedupWindow, type EngineOf } from "./dedup-window.ts";
import { onceUnder } from "./insert-block.ts";
import { feedingViews, insertedColumns } from "./tables.ts";

type Asked = Pick<StoreClient, "query" | "nodes">;

/** What would make an insert count twice or not at all; the words say what to do. */
const refuse = (message: string) => new SagascopeError("STORE_REFUSED", message);

/**
 * Reads no row of any table that ingest writes: throws where the store is away, or lacks a table or a column, and
 * `STORE_REFUSED` with the remedy where it lacks a view or would not keep a repeated block out. Resolves with how many blocks the table with
 * the shortest memory remembers.
 */
export async function checkTables(client: Asked): Promise<number> {
  for (const [table, columns] of Object.entries(insertedColumns)) {
    const list = columns.map((name) => `\`${name}\``).join(", ");
    const answer = await client.query({ query: `SELECT ${list} FROM ${table} LIMIT 0`, format: "JSONEachRow" });
    await answer.text();
  }
  await checkSettings(client);
  return await checkWindows(client);
}

/** Throws where the store remembers fewer blocks than `needed` of some table. */
export function checkWindow(window: number, { needed, topic }: { needed: number; topic: string }): void {
  if (window >= needed) return;
  throw refuse(
    `A table remembers its last ${window} blocks; ${needed} are needed for ${topic} to be stored exactly once with so many partitions. Raise non_replicated_deduplication_window (replicated_deduplication_window) of all tables by ALTER TABLE … MODIFY SETTING.`,
  );
}

const settingRefused = new Set(["164", "452"]);

/** The settings of an insert hold, whatever the user's profile says. */
async function checkSettings(client: Asked): Promise<void> {
  const wanted = onceUnder("check", 0);
  const names = Object.keys(wanted);
  const found = await rows<{ name: string; value: string }>(client, {
    query: "SELECT name, value FROM system.settings WHERE has({names:Array(String)}, name)",
    query_params: { names },
    clickhouse_settings: wanted,
  }).catch((error: unknown) => {
    if (!(error instanceof ClickHouseError) || !settingRefused.has(error.code)) throw error;
    throw refuse(
      `The store lets this user not set what makes an insert count once: ${error.message} Give it a profile without readonly, and without constraints on ${names.join(", ")}.`,
    );
  });
  for (const { name, value } of found) {
    const asked = String(wanted[name as keyof typeof wanted]);
    if (value !== asked)
      throw refuse(`The store keeps ${name} at ${value} where ${asked} is asked for. Let this user set it.`);
  }
}

async function checkWindows(client: Asked): Promise<number> {
  const tables = await rows<EngineOf & { made: string }>(client, {
    query: `SELECT name, engine, engine_full AS engineFull, create_table_query AS made
      FROM system.tables WHERE database = currentDatabase() LIMIT 10000`,
  });
  const defaults = await rows<{ name: string; value: string }>(client, {
    query: `SELECT name, value FROM system.merge_tree_settings WHERE name LIKE '%deduplication_window%' LIMIT 100`,
  });
  checkNodes(client, tables);
  checkViews(tables);
  const ofServer = new Map(defaults.map(({ name, value }) => [name, Number(value)]));
  const views = tables.filter(({ engine }) => engine === "MaterializedView");
  const fed = views.map(({ made }) => /\bTO (?:`?\w+`?\.)?`?(\w+)`?/.exec(made)?.[1]);
  const inserted = Object.keys(insertedColumns);
  const written = new Set([...inserted, ...inserted.map(localTable), ...fed]);
  const windows = tables
    .filter(({ name, engine }) => written.has(name) && engine.endsWith("MergeTree"))
    .map((table) => {
      const window = dedupWindow(table, ofServer);
      if ("fault" in window) throw refuse(window.fault);
      return window.blocks;
    });
  return Math.min(...windows);
}

/** An insert does not fail for want of a view: what it makes of the rows is only never there. */
function checkViews(tables: readonly EngineOf[]): void {
  const there = new Set(tables.filter(({ engine }) => engine === "MaterializedView").map(({ name }) => name));
  const missing = feedingViews.filter((view) => !there.has(view));
  if (missing.length === 0) return;
  throw refuse(
    `The store lacks ${missing.join(", ")}, which the migrations make: what these views would make of the rows that are stored would never be there. Run the migrations; a view that was dropped after them has to be made by hand, by what the newest of their files says of it.`,
  );
}

/** A block that one node has taken may be sent to another when it is tried again. */
function checkNodes(client: Asked, tables: readonly EngineOf[]): void {
  const alone = tables.find(
    ({ name, engine }) => name in insertedColumns && engine !== "Distributed" && !engine.startsWith("Replicated"),
  );
  if (client.nodes === 1 || !alone) return;
  throw refuse(
    `CLICKHOUSE_URL names ${client.nodes} nodes, but the table ${alone.name} is each node's own: a block that is tried again would be stored by another once more. Name one node, or migrate with CLICKHOUSE_CLUSTER.`,
  );
}

async function rows<Row>(
  client: Asked,
  ask: Pick<Parameters<StoreClient["query"]>[0], "query" | "query_params" | "clickhouse_settings">,
): Promise<Row[]> {
  const answer = await client.query({ ...ask, format: "JSONEachRow" });
  return await answer.json<Row>();
}
