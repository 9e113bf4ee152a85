import assert from "node:assert/strict";
import { test } from "node:test";
import { Retention } from "#contracts/retention.ts";
import { describeKept } from "#store/describe-kept.ts";
import { retentionStatements } from "./retention.ts";
import { parseRetention, readRetention } from "./retention-file.ts";

for (const { name, text, says } of [
  {
    name: "a number without its unit",
    text: "otel_logs: 90",
    says: /my\.yaml is wrong:\n {2}otel_logs: wants days as 90d/,
  },
  {
    name: "a unit that there is not",
    text: "otel_logs: 2w",
    says: /otel_logs: wants days as 90d, hours as 36h, or forever/,
  },
  { name: "nothing at all of a time", text: "otel_logs: 0d", says: /otel_logs: wants/ },
  { name: "a table that there is not", text: "otel_log: 30d", says: /otel_log[\s\S]*the tables: saga_events, / },
  { name: "a list", text: "- otel_logs", says: /my\.yaml is wrong/ },
  { name: "what is no YAML", text: "a: [", says: /my\.yaml/ },
  {
    name: "an alias of nothing",
    text: "sagas: 9d\notel_logs: *nope",
    says: /^my\.yaml:2 \*nope has no &nope before it/,
  },
  { name: "two documents", text: "sagas: 9d\n---\nsagas: 8d\n", says: /^my\.yaml:2 begins a second document/ },
])
  test(`a retention file with ${name} is refused`, () =>
    assert.throws(() => parseRetention(text, "my.yaml"), { code: "BAD_SETTING", message: says }));

test("a file that is not there is refused by its name", async () => {
  await assert.rejects(readRetention("/nowhere/retention.yaml"), /RETENTION_FILE cannot be read: \/nowhere/);
});

test("a file says as much as it wants; an empty one says nothing", () => {
  assert.deepEqual(parseRetention("otel_logs: 36h\nsagas: forever\n", "f"), { otel_logs: "36h", sagas: "forever" });
  assert.deepEqual(parseRetention("# nothing\n", "f"), {});
});

test("Sagascope is delivered with a time for every table", async () => {
  assert.deepEqual(Object.keys(await readRetention(undefined)).sort(), Object.keys(Retention.shape).sort());
});

const engineOf = (ttl: string) => `MergeTree PARTITION BY d ORDER BY x TTL ${ttl} SETTINGS ttl_only_drop_parts = 1`;
for (const { name, engine, kept, statements } of [
  { name: "nothing, where it is so", engine: engineOf("minute + toIntervalDay(9)"), kept: "9d", statements: [] },
  { name: "nothing, where nothing was set or is", engine: "MergeTree ORDER BY x", kept: "forever", statements: [] },
  {
    name: "another time",
    engine: engineOf("minute + toIntervalDay(9)"),
    kept: "90h",
    statements: ["ALTER TABLE ingest_progress MODIFY TTL minute + toIntervalHour(90)"],
  },
  {
    name: "its end",
    engine: engineOf("minute + toIntervalDay(9)"),
    kept: "forever",
    statements: ["ALTER TABLE ingest_progress REMOVE TTL"],
  },
  {
    name: "the first time",
    engine: "MergeTree ORDER BY x",
    kept: "9d",
    statements: [
      "ALTER TABLE ingest_progress MODIFY SETTING ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1",
      "ALTER TABLE ingest_progress MODIFY TTL minute + toIntervalDay(9)",
    ],
  },
] as const)
  test(`retention sends ${name}`, () => {
    const forever = Object.fromEntries(Object.keys(Retention.shape).map((table) => [table, "forever"]));
    const retention = Retention.parse({ ...forever, ingest_progress: kept });
    const engines = new Map(["ingest_progress", "ingest_skips"].map((table) => [table, engine]));
    const ofSkips = statements.map((one) => one.replace("ingest_progress", "ingest_skips"));
    assert.deepEqual(retentionStatements(engines, retention), [...statements, ...ofSkips]);
  });

test("how it stands is a table, with a star where the file says otherwise", () => {
  const shown = describeKept([
    {
      table: "sagas",
      rows: 1200,
      bytes: 5e6,
      oldest: "2026-01-01 00:00:00",
      ttl: "x + toIntervalDay(9)",
      wanted: "9d",
    },
    { table: "otel_logs", rows: 0, bytes: 0, oldest: null, ttl: undefined, wanted: "36h" },
  ]);
  assert.equal(
    shown,
    [
      "table       rows  on disk  oldest               kept     file",
      "sagas      1,200   5.0 MB  2026-01-01 00:00:00  9d       9d",
      "otel_logs      0   0.0 MB  –                    forever  36h *",
      "",
      "* The file says otherwise: npm run retention -- --apply sets it.",
    ].join("\n"),
  );
});
