import assert from "node:assert/strict";
import { test } from "node:test";
import { Retention } from "#contracts/retention.ts";
import { describeKept } from "#store/describe-kept.ts";
import { describeRetentionChange } from "#store/describe-retention-change.ts";
import { growingTables, type RetentionChange, retentionChanges, retentionStatements } from "./retention.ts";
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
  {
    name: "nothing, where rows are kept for ever already",
    engine: "MergeTree ORDER BY x SETTINGS ttl_only_drop_parts = 1",
    kept: "forever",
    statements: [],
  },
  {
    name: "what says that rows are kept for ever on purpose",
    engine: "MergeTree ORDER BY x",
    kept: "forever",
    statements: ["ALTER TABLE ingest_progress MODIFY SETTING ttl_only_drop_parts = 1"],
  },
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
      "ALTER TABLE ingest_progress MODIFY SETTING materialize_ttl_recalculate_only = 1",
      "ALTER TABLE ingest_progress MODIFY TTL minute + toIntervalDay(9)",
      "ALTER TABLE ingest_progress MODIFY SETTING ttl_only_drop_parts = 1",
    ],
  },
] as const)
  test(`retention sends ${name}`, () => {
    const forever = Object.fromEntries(Object.keys(Retention.shape).map((table) => [table, "forever"]));
    const retention = Retention.parse({ ...forever, ingest_progress: kept });
    const settled = "MergeTree ORDER BY x SETTINGS ttl_only_drop_parts = 1";
    const engines = new Map(
      Object.entries(growingTables).flatMap(([line, tables]) =>
        tables.map(({ table }) => [table, line === "ingest_progress" ? engine : settled]),
      ),
    );
    const ofSkips = statements.map((one) => one.replace("ingest_progress", "ingest_skips"));
    assert.deepEqual(retentionStatements(engines, retention), [...statements, ...ofSkips]);
  });

for (const { name, engine, onlyUnsettled, says } of [
  {
    name: "a time set by hand",
    engine: engineOf("minute + toIntervalHour(36)"),
    onlyUnsettled: true,
    says: undefined,
  },
  {
    name: "a table that was set to be kept for ever",
    engine: "MergeTree ORDER BY x SETTINGS ttl_only_drop_parts = 1",
    onlyUnsettled: true,
    says: undefined,
  },
  {
    name: "a time that somebody else gave",
    engine: "MergeTree ORDER BY x TTL minute + toIntervalYear(1)",
    onlyUnsettled: true,
    says: undefined,
  },
  {
    name: "a table that has none yet",
    engine: "MergeTree ORDER BY x",
    onlyUnsettled: true,
    says: "ingest_progress: kept 9 days",
  },
  { name: "a table that is yet to be made", engine: "", onlyUnsettled: true, says: "ingest_progress: kept 9 days" },
  {
    name: "a time set by hand, where a file says another",
    engine: engineOf("minute + toIntervalHour(36)"),
    onlyUnsettled: false,
    says: "ingest_progress: kept 9 days instead of 36 hours",
  },
  {
    name: "what was kept for ever, where a file says a time",
    engine: "MergeTree ORDER BY x SETTINGS ttl_only_drop_parts = 1",
    onlyUnsettled: false,
    says: "ingest_progress: kept 9 days instead of for ever",
  },
] as const)
  test(`a migration ${says === undefined ? "leaves alone" : "changes and tells of"} ${name}`, async () => {
    const retention = { ...(await readRetention(undefined)), ingest_progress: "9d" } as const;
    const changes = retentionChanges(new Map([["ingest_progress", engine]]), retention, { onlyUnsettled });
    const change = changes.find(({ table }) => table === "ingest_progress");
    assert.equal(change && describeRetentionChange(change), says);
  });

for (const { name, change, says } of [
  { name: "for ever", change: { from: "1d", to: "forever" }, says: "t: kept for ever instead of 1 day" },
  { name: "by the hour", change: { from: undefined, to: "1h" }, says: "t: kept 1 hour" },
  {
    name: "as somebody else had set it",
    change: { from: "minute + toIntervalYear(1)", to: "2d" },
    says: "t: kept 2 days instead of minute + toIntervalYear(1)",
  },
] as const)
  test(`a change of what is kept ${name} is told in words`, () => {
    const whole: RetentionChange = { table: "t", statements: [], ...change };
    assert.equal(describeRetentionChange(whole), says);
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
