import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { Retention } from "#contracts/retention.ts";
import { createAsker } from "./clickhouse/ask.ts";
import { createStoreClient, type StoreClient } from "./clickhouse/client.ts";
import { migrateClickhouse } from "./clickhouse/migrate.ts";
import { isAsTold, toldByFirstRelease } from "./first-release/answers.ts";
import { insertRows, loadFirstRelease, storedRows, storedTables } from "./first-release/load.ts";
import { questions } from "./first-release/questions.ts";
import { migrate } from "./migrate.ts";
import { readMigrations } from "./migration-files.ts";
import { ownDatabases } from "./own-databases.ts";
import { createStatePool } from "./postgres/client.ts";
import { migratePostgres, withMigrationLock } from "./postgres/migrate.ts";
import { listDeliveries } from "./postgres/queries/list-deliveries.ts";
import { listRules } from "./postgres/queries/list-rules.ts";

const firstRelease = `${import.meta.dirname}/first-release`;
const databases = ownDatabases(process.env.SAGASCOPE_ENDPOINTS);
const urls = databases.make();
const forever = Retention.parse(Object.fromEntries(Object.keys(Retention.shape).map((name) => [name, "forever"])));
let client: StoreClient;
const told = await toldByFirstRelease();
const asker = () => createAsker(client, { maxSeconds: 60 });

/** Brings both databases to the first release's schema, fills them as it did, and upgrades them. */
before(async () => {
  const landed = JSON.parse(await readFile(`${firstRelease}/migrations.json`, "utf8"));
  const filesOf = async (kind: "clickhouse" | "postgres") =>
    (await readMigrations(`${import.meta.dirname}/${kind}/migrations`)).filter(({ name }) => name in landed[kind]);
  await migrateClickhouse(urls.clickhouseUrl, await filesOf("clickhouse"));
  client = createStoreClient(urls.clickhouseUrl);
  await loadFirstRelease(client);
  await withMigrationLock(urls.postgresUrl, async (postgres) => {
    await migratePostgres(postgres, await filesOf("postgres"));
    await postgres.query(await readFile(`${firstRelease}/state.sql`, "utf8"));
  });
  await migrate({ ...urls, retention: forever });
});
after(async () => {
  await client?.close();
  await databases.drop();
});

test("no row is lost", async () => {
  for (const table of storedTables) {
    const { rows } = await storedRows(table);
    const answer = await client.query({
      query: "SELECT toUInt32(count()) AS rows FROM {table:Identifier}",
      query_params: { table },
      format: "JSONEachRow",
    });
    assert.deepEqual(await answer.json(), [{ rows: rows.length }], table);
  }
});

for (const name of Object.keys(questions))
  test(`${name}: the answer is what it was`, () => isAsTold(name, { told, asker: asker() }));

test("events that come once more change nothing of what was folded before", async () => {
  await insertRows(client, { table: "saga_events", ...(await storedRows("saga_events")) });
  for (const name of ["list", "facets", "overview", "latency of steps", "events, spans and logs of some sagas"])
    await isAsTold(name, { told, asker: asker() });
});

test("what comes after folds into what was there", async () => {
  const { columns, rows } = await storedRows("saga_events");
  const at = (name: string) => columns.indexOf(name);
  const started = rows.find((row) => row[at("saga_id")] === "order-open-0" && row[at("event_type")] === "saga.started");
  assert.ok(started);
  const ended = started
    .with(at("event_id"), "order-open-0-end")
    .with(at("event_type"), "saga.completed")
    .with(at("time"), "2026-11-25 03:55:00.000000000");
  await insertRows(client, { table: "saga_events", columns, rows: [ended] });
  const of = (list: unknown) => (list as SagaSummary[]).find(({ id }) => id === "order-open-0");
  assert.equal(of(told.list)?.state, "running");
  assert.deepEqual(
    { state: of(await questions.list?.(asker()))?.state, labels: of(await questions.list?.(asker()))?.labels },
    { state: "completed", labels: of(told.list)?.labels },
  );
});

test("rules, deliveries and their attempts are there", async () => {
  const pool = createStatePool(urls.postgresUrl, { application: "sagascope-test" });
  const rules = await listRules(pool);
  assert.deepEqual(
    rules.map(({ name, state, lastCount, problem }) => ({ name, state, lastCount, problem })),
    [
      { name: "Too many failed", state: "firing", lastCount: 7, problem: null },
      { name: "Overdue orders", state: "ok", lastCount: null, problem: "The receiver answers 410." },
    ],
  );
  const deliveries = await listDeliveries(pool, 10);
  assert.deepEqual(
    deliveries.map(({ event, state, attempts }) => [event, state, attempts.map(({ status }) => status)]),
    [
      ["alert.test", "pending", [null]],
      ["alert.firing", "delivered", [200]],
    ],
  );
  await pool.end();
});
