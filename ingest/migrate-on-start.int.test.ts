import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createStoreClient } from "#store/clickhouse/client.ts";
import { readMigrations } from "#store/migration-files.ts";
import { ownDatabases } from "#store/own-databases.ts";
import { endpoints, eventually, openStack, startPart } from "./stack-for-tests.ts";

const databases = ownDatabases(process.env.SAGASCOPE_ENDPOINTS);
const stack = await openStack(endpoints(process.env));
after(async () => {
  await stack.close();
  await databases.drop();
});

test("three workers that start at once on nothing migrate it once, and all become ready", {
  timeout: 180_000,
}, async () => {
  const { clickhouseUrl, postgresUrl } = databases.make();
  const urls = { CLICKHOUSE_URL: clickhouseUrl, DATABASE_URL: postgresUrl };
  const env = { ...stack.env, ...urls, MIGRATE_ON_START: "true" };
  const workers = await Promise.all([1, 2, 3].map(() => startPart("ingest/main.ts", env)));
  const isReady = async () =>
    (await Promise.all(workers.map(async ({ url }) => (await fetch(`${url}/readyz`)).ok))).every(Boolean);
  await eventually(isReady, Boolean);
  await Promise.all(workers.map((worker) => worker.stop()));
  const client = createStoreClient(clickhouseUrl);
  const answer = await client.query({
    query: "SELECT name FROM schema_migrations WHERE finished ORDER BY name",
    format: "JSONEachRow",
  });
  const files = await readMigrations(`${import.meta.dirname}/../store/clickhouse/migrations`);
  assert.deepEqual(
    await answer.json(),
    files.map(({ name }) => ({ name })),
  );
  await client.close();
});

test("without the state's address there is no lock, so it does not start", async () => {
  await assert.rejects(startPart("ingest/main.ts", { ...stack.env, MIGRATE_ON_START: "true" }), /wants DATABASE_URL/);
});
