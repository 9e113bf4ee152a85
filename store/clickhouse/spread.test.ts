import assert from "node:assert/strict";
import { test } from "node:test";
import { readMigrations } from "#store/migration-files.ts";
import { splitStatements } from "#store/split-statements.ts";
import { spread } from "./spread.ts";

const cluster = { name: "main", database: "scope" };
const over = (table: string, key: string) =>
  `CREATE OR REPLACE TABLE ${table} ON CLUSTER \`main\` AS ${table}_local\nENGINE = Distributed('main', 'scope', '${table}_local', ${key})`;

for (const { name, statement, statements } of [
  {
    name: "a table: a replicated part on each node, with the window of its kind, and one over all",
    statement:
      "-- Why.\nCREATE TABLE sagas\n(\n    a UInt8 CODEC(Delta, ZSTD(1))\n)\nENGINE = AggregatingMergeTree\nORDER BY a\nSETTINGS non_replicated_deduplication_window = 10000",
    statements: [
      "-- Why.\nCREATE TABLE IF NOT EXISTS sagas_local ON CLUSTER `main`\n(\n    a UInt8 CODEC(Delta, ZSTD(1))\n)\nENGINE = ReplicatedAggregatingMergeTree\nORDER BY a\nSETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800",
      over("sagas", "cityHash64(saga_id)"),
    ],
  },
  {
    name: "a view: from part to part, with the tables' names still good",
    statement: "CREATE MATERIALIZED VIEW v TO sagas AS\nSELECT max(saga_events.a) AS a FROM saga_events WHERE a > 1",
    statements: [
      "CREATE MATERIALIZED VIEW IF NOT EXISTS v ON CLUSTER `main` TO sagas_local AS\nSELECT max(saga_events.a) AS a FROM saga_events_local AS saga_events WHERE a > 1",
    ],
  },
  {
    name: "a view whose table has a name in it already, and one that reads from a function",
    statement: "CREATE MATERIALIZED VIEW v TO sagas AS SELECT 1 FROM saga_events AS e JOIN numbers(3) AS n ON 1",
    statements: [
      "CREATE MATERIALIZED VIEW IF NOT EXISTS v ON CLUSTER `main` TO sagas_local AS\nSELECT 1 FROM saga_events_local AS e JOIN numbers(3) AS n ON 1",
    ],
  },
  {
    name: "a view's new query",
    statement: "ALTER TABLE v MODIFY QUERY SELECT 1 FROM sagas",
    statements: ["ALTER TABLE v ON CLUSTER `main` MODIFY QUERY SELECT 1 FROM sagas_local AS sagas"],
  },
  {
    name: "a codec: the parts alone",
    statement: "ALTER TABLE sagas\n    MODIFY COLUMN a CODEC(ZSTD(1)),\n    MODIFY COLUMN b CODEC(Delta, ZSTD(1))",
    statements: [
      "ALTER TABLE sagas_local ON CLUSTER `main` MODIFY COLUMN a CODEC(ZSTD(1)),\n    MODIFY COLUMN b CODEC(Delta, ZSTD(1))",
    ],
  },
  {
    name: "a setting: the parts alone, and the window of their kind",
    statement: "ALTER TABLE sagas MODIFY SETTING non_replicated_deduplication_window = 5",
    statements: [
      "ALTER TABLE sagas_local ON CLUSTER `main` MODIFY SETTING replicated_deduplication_window = 5, replicated_deduplication_window_seconds = 604800",
    ],
  },
  {
    name: "a column: the parts, and the table over all anew",
    statement: "ALTER TABLE dead_letters ADD COLUMN a UInt8",
    statements: [
      "ALTER TABLE dead_letters_local ON CLUSTER `main` ADD COLUMN a UInt8",
      over("dead_letters", "cityHash64(_topic, _partition, _offset)"),
    ],
  },
  {
    name: "a column's other type: likewise",
    statement: "ALTER TABLE sagas MODIFY COLUMN a UInt16",
    statements: [
      "ALTER TABLE sagas_local ON CLUSTER `main` MODIFY COLUMN a UInt16",
      over("sagas", "cityHash64(saga_id)"),
    ],
  },
  {
    name: "the end of a table, and of a view",
    statement: "DROP TABLE sagas",
    statements: [
      "DROP TABLE IF EXISTS sagas ON CLUSTER `main` SYNC",
      "DROP TABLE IF EXISTS sagas_local ON CLUSTER `main` SYNC",
    ],
  },
  {
    name: "rows that are made of rows: from all shards to all, at once",
    statement: "INSERT INTO sagas (a) SELECT max(a) FROM sagas",
    statements: [
      "INSERT INTO sagas (a) SELECT max(a) FROM sagas\nSETTINGS distributed_foreground_insert = 1, parallel_distributed_insert_select = 0",
    ],
  },
  { name: "a view's end", statement: "DROP VIEW v", statements: ["DROP VIEW IF EXISTS v ON CLUSTER `main` SYNC"] },
])
  test(`spreads ${name}`, () => assert.deepEqual(spread(statement, cluster), statements));

for (const { name, statement, says } of [
  { name: "what it does not know", statement: "OPTIMIZE TABLE sagas", says: /cannot be spread.*OPTIMIZE TABLE sagas/ },
  {
    name: "a table of unknown key",
    statement: "CREATE TABLE z (a UInt8) ENGINE = MergeTree ORDER BY a",
    says: /\bz\b/,
  },
])
  test(`refuses ${name}`, () => assert.throws(() => spread(statement, cluster), { code: "CONFLICT", message: says }));

test("a cluster's and a database's name cannot break out of their quotes", () => {
  const odd = { name: "a`b", database: "c'd" };
  const [own = "", over = ""] = spread("CREATE TABLE sagas (a UInt8) ENGINE = MergeTree ORDER BY a", odd);
  assert.ok(own.includes("ON CLUSTER `a\\`b`\n"));
  assert.ok(over.includes("Distributed('a\\`b', 'c\\'d', 'sagas_local', "));
});

test("every migration can be spread, and says nothing of one node alone", async () => {
  const files = await readMigrations(`${import.meta.dirname}/migrations`);
  const statements = files.flatMap(({ text }) => splitStatements(text).flatMap((one) => spread(one, cluster)));
  assert.ok(statements.length > 30);
  for (const statement of statements) {
    assert.match(statement, /ON CLUSTER `main`|^INSERT INTO/m);
    assert.doesNotMatch(statement, /non_replicated|ENGINE = (?!Replicated|Distributed)/);
  }
});
