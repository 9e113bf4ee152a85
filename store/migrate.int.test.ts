import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { Endpoints } from "#contracts/endpoints.ts";
import { createStoreClient } from "./clickhouse/client.ts";
import { migrateClickhouse } from "./clickhouse/migrate.ts";
import { migrate } from "./migrate.ts";
import type { Migration } from "./migration-files.ts";
import { migratePostgres, withMigrationLock } from "./postgres/migrate.ts";

const endpointsFile = process.env.SAGASCOPE_ENDPOINTS;
if (!endpointsFile) throw new Error("SAGASCOPE_ENDPOINTS must name the endpoints.json of a running stack");
const at = Endpoints.parse(JSON.parse(readFileSync(endpointsFile, "utf8")));
const made: string[] = [];

/** URLs of databases that do not exist yet. */
function ownDatabases() {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  made.push(name);
  const named = (text: string) => {
    const url = new URL(text);
    url.pathname = `/${name}`;
    return url.href;
  };
  return { clickhouseUrl: named(at.clickhouse), postgresUrl: named(at.postgres) };
}

after(async () => {
  const postgres = new Client({ connectionString: at.postgres });
  await postgres.connect();
  const clickhouse = createStoreClient(at.clickhouse);
  for (const name of made) {
    await postgres.query(`DROP DATABASE IF EXISTS ${name}`);
    await clickhouse.command({ query: "DROP DATABASE IF EXISTS {name:Identifier}", query_params: { name } });
  }
  await Promise.all([postgres.end(), clickhouse.close()]);
});

const retention = { sagasDays: 90, telemetryDays: 30, deadLettersDays: 0 };
const file = (name: string, text: string, checksum = text): Migration => ({ name, text, checksum });

test("the product's migrations land once, though two processes come at the same time", {
  timeout: 120_000,
}, async () => {
  const urls = ownDatabases();
  const both = await Promise.all([migrate({ ...urls, retention }), migrate({ ...urls, retention })]);
  assert.ok(both.some(({ clickhouse }) => clickhouse.length > 0));
  assert.ok(both.some(({ clickhouse, postgres }) => clickhouse.length === 0 && postgres.length === 0));
});

test("a landed file that has changed is refused, in both databases", { timeout: 60_000 }, async () => {
  const { clickhouseUrl, postgresUrl } = ownDatabases();
  const landed = [file("0001_a.sql", "CREATE VIEW a AS SELECT 1")];
  const changed = [file("0001_a.sql", "CREATE VIEW a AS SELECT 2")];
  await withMigrationLock(postgresUrl, (client) => migratePostgres(client, landed));
  await migrateClickhouse(clickhouseUrl, landed);
  await assert.rejects(
    withMigrationLock(postgresUrl, (client) => migratePostgres(client, changed)),
    /0001_a.sql has landed.*changed since/,
  );
  await assert.rejects(migrateClickhouse(clickhouseUrl, changed), /0001_a.sql has landed.*changed since/);
});

test("a ClickHouse file that stopped in the middle goes on from there once it is mended", {
  timeout: 60_000,
}, async () => {
  const { clickhouseUrl } = ownDatabases();
  const first = "CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x";
  await assert.rejects(
    migrateClickhouse(clickhouseUrl, [file("0001_a.sql", `${first}; CREATE TABLE b`)]),
    /0001_a.sql, statement 2/,
  );
  const mended = file("0001_a.sql", `${first}; CREATE TABLE b (x UInt8) ENGINE = MergeTree ORDER BY x`);
  assert.deepEqual(await migrateClickhouse(clickhouseUrl, [mended]), ["0001_a.sql"]);
  assert.deepEqual(await migrateClickhouse(clickhouseUrl, [mended]), []);
});

test("a PostgreSQL file that fails leaves nothing behind", { timeout: 60_000 }, async () => {
  const { postgresUrl } = ownDatabases();
  const bad = file("0001_a.sql", "CREATE TABLE a (x int); SELECT 1/0");
  await assert.rejects(
    withMigrationLock(postgresUrl, (client) => migratePostgres(client, [bad])),
    /0001_a.sql/,
  );
  const good = file("0001_a.sql", "CREATE TABLE a (x int)");
  assert.deepEqual(await withMigrationLock(postgresUrl, (client) => migratePostgres(client, [good])), ["0001_a.sql"]);
});

test("rows go when their days are over, as last set; what is kept for ever stays", { timeout: 120_000 }, async () => {
  const urls = ownDatabases();
  await migrate({ ...urls, retention });
  const client = createStoreClient(urls.clickhouseUrl);
  const daysAgo = (days: number) =>
    new Date(Date.now() - days * 86_400_000).toISOString().replace("T", " ").slice(0, 23);
  // Other rows each time: the same ones again would be known.
  const spans = () => [
    { TraceId: "old", SpanId: randomUUID(), Timestamp: daysAgo(40) },
    { TraceId: "recent", SpanId: randomUUID(), Timestamp: daysAgo(10) },
  ];
  const insert = (table: string, values: object[]) =>
    client.insert({
      table,
      values,
      format: "JSONEachRow",
      clickhouse_settings: { async_insert: 0 },
    });
  await insert("otel_traces", spans());
  await insert("dead_letters", [{ reason: "not_json", dead_at: daysAgo(4000) }]);
  // Dated long ago, stored just now.
  await insert("saga_events", [{ event_id: "e", saga_id: "s", saga_started: daysAgo(3000), time: daysAgo(3000) }]);
  const left = async () => {
    for (const table of ["otel_traces", "dead_letters", "saga_events"])
      await client.command({ query: `OPTIMIZE TABLE ${table} FINAL` });
    const query = `SELECT (SELECT groupArray(TraceId) FROM otel_traces) AS spans,
      (SELECT count() FROM dead_letters) AS dead, (SELECT count() FROM saga_events) AS events`;
    const answer = await client.query({ query, format: "JSONCompactEachRow" });
    return (await answer.json<unknown[]>())[0];
  };
  assert.deepEqual(await left(), [["recent"], 1, 1]);
  await migrate({ ...urls, retention: { ...retention, telemetryDays: 5 } });
  await insert("otel_traces", spans());
  // What was there is looked through again in the background.
  while ((await left())?.toString() !== ",1,1") await sleep(100);
  await migrate({ ...urls, retention: { ...retention, telemetryDays: 0 } });
  await insert("otel_traces", spans());
  const query =
    "SELECT max(engine_full LIKE '%TTL%') AS some FROM system.tables WHERE database = currentDatabase() AND name LIKE 'otel%'";
  assert.deepEqual(await (await client.query({ query, format: "JSONEachRow" })).json(), [{ some: 0 }]);
  const [kept] = (await left()) as [string[]];
  assert.deepEqual(kept.toSorted(), ["old", "recent"]);
  await client.close();
});
