import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createStoreClient } from "./clickhouse/client.ts";
import { growingTables } from "./clickhouse/retention.ts";
import { readRetention } from "./clickhouse/retention-file.ts";
import { migrate } from "./migrate.ts";
import { command, ownDatabases } from "./own-databases.ts";

const databases = ownDatabases(process.env.SAGASCOPE_ENDPOINTS);
const folder = await mkdtemp(join(tmpdir(), "retention-"));
after(() => Promise.all([databases.drop(), rm(folder, { recursive: true })]));

test("rows go when their days are over, as last set; what is kept for ever stays", { timeout: 120_000 }, async () => {
  const urls = databases.make();
  await migrate({ ...urls, retention: await readRetention(undefined) });
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
  const keep = async (spans: string) => {
    const file = join(folder, "retention.yaml");
    await writeFile(file, `otel_traces: ${spans}\n`);
    const env = { RETENTION_FILE: file };
    const before = await command("retention", urls, { env });
    assert.match(before.said, new RegExp(`^otel_traces .* ${spans} \\*$`, "m"));
    const { code, said } = await command("retention", urls, { env, flags: ["--apply"] });
    assert.equal(code, 0);
    assert.match(said, /^ALTER TABLE otel_traces (MODIFY|REMOVE) TTL/);
    assert.match(said, new RegExp(`^otel_traces .* ${spans} +${spans}$`, "m"));
    assert.doesNotMatch(said, /\*/);
  };
  await insert("otel_traces", spans());
  await insert("dead_letters", [{ reason: "not_json", dead_at: daysAgo(80) }]);
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
  await keep("120h");
  await insert("otel_traces", spans());
  // What was there is looked through again in the background.
  while ((await left())?.toString() !== ",1,1") await sleep(100);
  await keep("forever");
  await insert("otel_traces", spans());
  const query =
    "SELECT max(engine_full LIKE '%TTL%') AS some FROM system.tables WHERE database = currentDatabase() AND name LIKE 'otel_traces%'";
  assert.deepEqual(await (await client.query({ query, format: "JSONEachRow" })).json(), [{ some: 0 }]);
  const [kept] = (await left()) as [string[]];
  assert.deepEqual(kept.toSorted(), ["old", "recent"]);
  await client.close();
});

test("every table that grows has its time", { timeout: 120_000 }, async () => {
  const urls = databases.make();
  await migrate({ ...urls, retention: await readRetention(undefined) });
  const client = createStoreClient(urls.clickhouseUrl);
  const answer = await client.query({
    query:
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' ORDER BY name",
    format: "JSONEachRow",
  });
  const tables = (await answer.json<{ name: string }>()).map(({ name }) => name);
  await client.close();
  const growing = Object.values(growingTables).flatMap((of) => of.map(({ table }) => table));
  // Changes go once they are listed, within a week; the others do not grow.
  const others = ["ingest_groups", "ingest_logs", "saga_changes", "saga_listed", "schema_migrations"];
  assert.deepEqual(tables, [...growing, ...others].sort());
});

test("without a file a migration leaves alone what was set, and with one it sets it and tells", {
  timeout: 180_000,
}, async () => {
  const urls = databases.make();
  const file = join(folder, "by-hand.yaml");
  await writeFile(file, "otel_logs: 36h\ndead_letters: forever\n");
  const env = { RETENTION_FILE: file };
  const first = await command("migrate", urls);
  assert.match(first.said, /^Applied [^\n]+\n[\s\S]*^otel_logs: kept 30 days$[\s\S]*^ingest_gaps: kept for ever$/m);
  const planned = await command("migrate", urls, { env, flags: ["--plan"] });
  const lines = [
    "otel_logs: kept 36 hours instead of 30 days",
    "dead_letters: kept for ever instead of 90 days",
    "dead_letter_replays: kept for ever instead of 90 days",
  ];
  assert.deepEqual(
    planned.said.split("\n").filter((line) => line.startsWith("-- ")),
    ["ClickHouse: how long tables keep their rows", ...lines].map((line) => `-- ${line}`),
  );
  assert.equal((await command("retention", urls, { env, flags: ["--apply"] })).code, 0);
  const left = await command("migrate", urls, { flags: ["--plan"] });
  assert.equal(left.said, "Nothing to do: both databases are up to date.");
  assert.equal((await command("migrate", urls)).said, "The databases are up to date.");
  assert.equal((await command("migrate", urls, { env })).said, "The databases are up to date.");
  const { said } = await command("retention", urls, { env });
  assert.match(said, /^otel_logs .* 36h +36h$/m);
  assert.match(said, /^dead_letters .* forever +forever$/m);
  await writeFile(file, "otel_logs: 48h\ndead_letters: forever\n");
  assert.equal((await command("migrate", urls, { env })).said, "otel_logs: kept 48 hours instead of 36 hours");
});

test("what a file keeps for ever from the first migration on stays so without it, and a new table gets its time", {
  timeout: 120_000,
}, async () => {
  const urls = databases.make();
  const retention = await readRetention(undefined);
  await migrate({ ...urls, retention: { ...retention, otel_logs: "forever" }, isRetentionGiven: true });
  const client = createStoreClient(urls.clickhouseUrl);
  // As a migration leaves a table that it has only just made.
  const [{ made = "" } = {}] = await (
    await client.query({
      query: `SELECT replaceRegexpOne(create_table_query, ' TTL .*', '') AS made FROM system.tables
        WHERE database = currentDatabase() AND name = 'saga_errors'`,
      format: "JSONEachRow",
    })
  ).json<{ made: string }>();
  await client.command({ query: "DROP TABLE saga_errors SYNC" });
  await client.command({ query: made });
  await client.close();
  const { retention: changes } = await migrate({ ...urls, retention });
  assert.deepEqual(
    changes.map(({ table, from, to }) => ({ table, from, to })),
    [{ table: "saga_errors", from: undefined, to: "90d" }],
  );
});
