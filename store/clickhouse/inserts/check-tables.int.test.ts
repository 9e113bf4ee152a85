import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ClickHouseError } from "@clickhouse/client";
import { createStoreClient } from "#store/clickhouse/client.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { checkTables, checkWindow } from "./check-tables.ts";
import { feedingViews } from "./tables.ts";

let database: OwnDatabase;

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
});
after(async () => {
  await database.drop();
});

const refusal = (words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Error && "code" in error && error.code === "STORE_REFUSED");
  assert.match(error.message, words);
  return true;
};

test("what the migrations make is good", async () => {
  assert.equal(await checkTables(database.client), 100_000);
});

test("a window that is too small for a topic's partitions is refused with the remedy", () => {
  checkWindow(10_000, { needed: 10_000, topic: "saga.events" });
  assert.throws(
    () => checkWindow(10_000, { needed: 10_001, topic: "saga.events" }),
    refusal(/10000 blocks; 10001 are needed for saga\.events.*MODIFY SETTING/),
  );
});

// The first is written by ingest, the second by a view behind it.
for (const table of ["saga_events", "ingest_progress"])
  test(`${table} without a window is refused with the remedy`, async () => {
    const set = (blocks: number) =>
      database.client.command({
        query: `ALTER TABLE ${table} MODIFY SETTING non_replicated_deduplication_window = ${blocks}`,
      });
    await set(0);
    await assert.rejects(checkTables(database.client), refusal(new RegExp(`${table} keeps no repeated block out`)));
    await set(50_000);
    assert.equal(await checkTables(database.client), 50_000);
    await set(100_000);
  });

test("several nodes that do not know each other's tokens are refused", async () => {
  const two = createStoreClient(`${database.url},${database.url}`);
  await assert.rejects(checkTables(two), refusal(/names 2 nodes, but the table \w+ is each node's own/));
  await two.close();
});

test("the views that are looked for are those that the migrations make", async () => {
  const answer = await database.client.query({
    query:
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView' ORDER BY name",
    format: "JSONEachRow",
  });
  const made = await answer.json<{ name: string }>();
  assert.deepEqual(
    made.map(({ name }) => name),
    [...feedingViews].sort(),
  );
});

test("whatever takes many small parts merges many of them at a time", async () => {
  const seldomWritten = [
    "dead_letter_replays",
    "dead_letters",
    "ingest_gaps",
    "ingest_groups",
    "ingest_logs",
    "ingest_skips",
    "saga_counts",
    "saga_durations",
    "saga_quarters",
    "saga_rollups",
    "schema_migrations",
  ];
  const answer = await database.client.query({
    query: `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
      AND NOT position(create_table_query, 'remove_small_parts_at_right = 0') ORDER BY name`,
    format: "JSONEachRow",
  });
  const others = await answer.json<{ name: string }>();
  assert.deepEqual(
    others.map(({ name }) => name),
    seldomWritten,
  );
});

/** Our store, as a user would find it whose profile decides about the settings. */
const withSettings = (settings: () => Promise<unknown>): Parameters<typeof checkTables>[0] => ({
  nodes: 1,
  query: ((ask: { query: string }) =>
    ask.query.includes("system.settings") ? settings() : database.client.query(ask)) as typeof database.client.query,
});

test("a user who may not set what makes an insert count once is refused, with what to do", async () => {
  const error = new ClickHouseError({ message: "Cannot modify it in readonly mode.", code: "164", type: "READONLY" });
  const readonly = withSettings(() => Promise.reject(error));
  await assert.rejects(checkTables(readonly), refusal(/in readonly mode. Give it a profile without readonly/));
});

test("a store that keeps one of those settings at another value is refused", async () => {
  const kept = withSettings(async () => ({ json: async () => [{ name: "insert_deduplicate", value: "0" }] }));
  await assert.rejects(checkTables(kept), refusal(/keeps insert_deduplicate at 0 where 1 is asked for/));
});

test("a view that was dropped is refused, by its name", async () => {
  const view = "progress_of_dead_letters";
  const answer = await database.client.query({ query: `SHOW CREATE TABLE ${view}`, format: "JSONEachRow" });
  const [row] = await answer.json<{ statement: string }>();
  await database.client.command({ query: `DROP VIEW ${view}` });
  await assert.rejects(
    checkTables(database.client),
    refusal(/lacks progress_of_dead_letters, which the migrations make/),
  );
  await database.client.command({ query: row?.statement ?? "" });
  assert.equal(await checkTables(database.client), 100_000);
});

test("a table or a column that is missing is an error of the store's", async () => {
  await database.client.command({ query: "ALTER TABLE ingest_gaps RENAME COLUMN reason TO cause" });
  await assert.rejects(checkTables(database.client), { code: "47" });
});
