import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAsTold, toldByFirstRelease } from "#store/first-release/answers.ts";
import { loadFirstRelease, storedRows, storedTables } from "#store/first-release/load.ts";
import { questions } from "#store/first-release/questions.ts";
import { readMigrations } from "#store/migration-files.ts";
import { ownDatabases } from "#store/own-databases.ts";
import { splitStatements } from "#store/split-statements.ts";
import { createAsker } from "./ask.ts";
import { checkCluster } from "./check-cluster.ts";
import { createStoreClient, type StoreClient } from "./client.ts";
import { insertBlock } from "./inserts/insert-block.ts";
import { keptRows } from "./kept-rows.ts";
import { migrateClickhouse, pendingClickhouse } from "./migrate.ts";
import { retentionStatements } from "./retention.ts";
import { readRetention } from "./retention-file.ts";
import { splitDatabase } from "./server-url.ts";
import { spread } from "./spread.ts";

// The embedded ClickHouse is a cluster of one node without Keeper: what it is sent is what a cluster is sent, but for
// who carries a definition out and who replicates a part.
const onOneNode = (statement: string) =>
  statement
    .replaceAll(/ ON CLUSTER `default`/g, "")
    .replaceAll(/Replicated(?=\w*MergeTree)/g, "")
    .replaceAll(
      /\breplicated_deduplication_window = (\d+), replicated_\w+ = \d+/g,
      "non_replicated_deduplication_window = $1",
    );

const databases = ownDatabases(process.env.SAGASCOPE_ENDPOINTS);
const { clickhouseUrl } = databases.make();
const { server, database } = splitDatabase(clickhouseUrl);
const cluster = { name: "default", database };
let client: StoreClient;

before(async () => {
  const root = createStoreClient(server);
  await root.command({ query: "CREATE DATABASE {database:Identifier}", query_params: { database } });
  await root.close();
  client = createStoreClient(clickhouseUrl);
  // Twice each: what was cut short is sent again.
  for (const { text } of await readMigrations(`${import.meta.dirname}/migrations`))
    for (const statement of splitStatements(text).flatMap((one) => spread(one, cluster)))
      for (const _ of [1, 2]) await client.command({ query: onOneNode(statement) });
  await loadFirstRelease(client);
});
after(async () => {
  await client?.close();
  await databases.drop();
});

async function count(table: string): Promise<number> {
  const answer = await client.query({
    query: "SELECT toUInt32(count()) AS rows FROM {table:Identifier}",
    query_params: { table },
    format: "JSONEachRow",
  });
  const [row] = await answer.json<{ rows: number }>();
  return row?.rows ?? 0;
}

test("rows that are sent to all shards lie in the node's own parts", async () => {
  for (const table of storedTables) {
    const { rows } = await storedRows(table);
    assert.deepEqual([await count(table), await count(`${table}_local`)], [rows.length, rows.length], table);
  }
});

const told = await toldByFirstRelease();
for (const name of Object.keys(questions))
  test(`over all shards, ${name}: as without them`, () =>
    isAsTold(name, { told, asker: createAsker(client, { maxSeconds: 60 }) }));

test("a block that is sent twice under its token counts once, and in what views made of it", async () => {
  const before = { events: await count("saga_events"), progress: await progress() };
  const row = [
    "e",
    "s",
    "t",
    "1",
    "saga.started",
    "x",
    "",
    "",
    "",
    "",
    "",
    0,
    "",
    "",
    {},
    [],
    "",
    "",
    "",
    false,
    "",
    false,
    "topic",
    0,
  ];
  const times = ["2026-11-25 03:00:00.000", "2026-11-25 03:00:00.000000000", "1970-01-01 00:00:00.000", 7];
  const body = Buffer.from(`${JSON.stringify([...row, ...times])}\n`);
  for (const _ of [1, 2, 3]) await insertBlock(client, { table: "saga_events", token: "topic-0-7-7", body: [body] });
  assert.deepEqual(
    { events: await count("saga_events"), progress: await progress() },
    { events: before.events + 1, progress: before.progress + 1 },
  );
});

async function progress(): Promise<number> {
  const answer = await client.query({
    query: "SELECT toUInt32(sum(stored)) AS stored FROM ingest_progress",
    format: "JSONEachRow",
  });
  const [row] = await answer.json<{ stored: number }>();
  return row?.stored ?? 0;
}

test("how long rows are kept is set on the node's own parts", async () => {
  const retention = { ...(await readRetention(undefined)), sagas: "400d", otel_logs: "forever" } as const;
  for (const statement of retentionStatements(new Map(), retention, cluster))
    await client.command({ query: onOneNode(statement) });
  const kept = await keptRows(client, retention, true);
  const ttlOf = (table: string) => kept.find((one) => one.table === table)?.ttl;
  assert.equal(ttlOf("sagas_local"), "toDateTime(ingested_at) + toIntervalDay(400)");
  assert.equal(ttlOf("otel_logs_local"), undefined);
});

test("a cluster that is not there is refused by its name, and so are tables that were made the other way", async () => {
  await checkCluster(client, database, cluster);
  await assert.rejects(
    () => checkCluster(client, database, { name: "nope", database }),
    /names nope, .* \(it has default\)/,
  );
  await assert.rejects(() => checkCluster(client, database, undefined), /are those of a cluster/);
  const single = databases.make();
  await migrateClickhouse(single.clickhouseUrl, await readMigrations(`${import.meta.dirname}/migrations`));
  const plan = pendingClickhouse(single.clickhouseUrl, [], "default");
  await assert.rejects(() => plan, /were made on one node/);
});
