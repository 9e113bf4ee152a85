import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import { Client } from "pg";
import { migrateClickhouse } from "./clickhouse/migrate.ts";
import type { Migration } from "./migration-files.ts";
import { command, ownDatabases } from "./own-databases.ts";
import { migratePostgres, withMigrationLock } from "./postgres/migrate.ts";

const databases = ownDatabases(process.env.SAGASCOPE_ENDPOINTS);
after(() => databases.drop());
const file = (name: string, text: string, checksum = text): Migration => ({ name, text, checksum });

test("three processes that come at the same time: one applies all, in one go, the others find it done", {
  timeout: 180_000,
}, async () => {
  const urls = databases.make();
  const planned = await command("migrate", urls, { flags: ["--plan"] });
  assert.match(planned.said, /^-- PostgreSQL: 0001_alerts\.sql[\s\S]*^CREATE TABLE alert_rules$/m);
  assert.match(
    planned.said,
    /^-- ClickHouse: 0001_saga_events\.sql[\s\S]*^CREATE MATERIALIZED VIEW sagas_from_events /m,
  );
  assert.match(planned.said, /^ALTER TABLE saga_events MODIFY TTL toDateTime\(ingested_at\) \+ toIntervalDay\(90\);$/m);
  const ended = await Promise.all([command("migrate", urls), command("migrate", urls), command("migrate", urls)]);
  const said = ended.map((one) => one.said).sort();
  assert.match(said[0] ?? "", /^Applied 0001_alerts\.sql, .*0001_saga_events\.sql, 0002_otel\.sql, /);
  assert.deepEqual(said.slice(1), Array(2).fill("The databases are up to date."));
  assert.deepEqual(await command("migrate", urls, { flags: ["--plan"] }), {
    code: 0,
    said: "Nothing to do: both databases are up to date.",
  });
});

test("an unknown flag is refused with what there is", async () => {
  const { code, said } = await command("migrate", databases.make(), { flags: ["--paln"] });
  assert.equal(code, 2);
  assert.match(said, /--paln[\s\S]*Usage: npm run migrate -- \[--plan\]/);
});

test("without its PostgreSQL nothing is migrated, and it says why", async () => {
  const urls = { ...databases.make(), postgresUrl: "postgres://u:p@127.0.0.1:1/state" };
  const { code, said } = await command("migrate", urls);
  assert.equal(code, 1);
  assert.match(said, /PostgreSQL does not answer at 127\.0\.0\.1:1\..*lock.*DATABASE_URL/);
  assert.match((await command("migrate", databases.make(), { flags: ["--plan"] })).said, /0001_saga_events/);
});

test("a lock that is lost on the way ends the migration before its next statement", { timeout: 60_000 }, async () => {
  const { clickhouseUrl, postgresUrl } = databases.make();
  await withMigrationLock(postgresUrl, async (client, lost) => {
    const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
    await withPostgres(postgresUrl, (other) => other.query("SELECT pg_terminate_backend($1)", [rows[0].pid]));
    if (!lost.aborted) await once(lost, "abort");
    const files = [file("0001_a.sql", "CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x")];
    await assert.rejects(migrateClickhouse(clickhouseUrl, files, { signal: lost }), /lock of migrations/);
    assert.deepEqual(await migrateClickhouse(clickhouseUrl, files), ["0001_a.sql"]);
  });
});

async function withPostgres(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await work(client);
  await client.end();
}

test("a landed file that has changed is refused, in both databases", { timeout: 60_000 }, async () => {
  const { clickhouseUrl, postgresUrl } = databases.make();
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
  const { clickhouseUrl } = databases.make();
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
  const { postgresUrl } = databases.make();
  const bad = file("0001_a.sql", "CREATE TABLE a (x int); SELECT 1/0");
  await assert.rejects(
    withMigrationLock(postgresUrl, (client) => migratePostgres(client, [bad])),
    /0001_a.sql/,
  );
  const good = file("0001_a.sql", "CREATE TABLE a (x int)");
  assert.deepEqual(await withMigrationLock(postgresUrl, (client) => migratePostgres(client, [good])), ["0001_a.sql"]);
});
