import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createStoreClient, type StoreClient } from "#store/clickhouse/client.ts";
import { migrateClickhouse } from "#store/clickhouse/migrate.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { readMigrations } from "#store/migration-files.ts";
import { deadMessages } from "./dead-letter.ts";
import { ingestProgress } from "./ingest-progress.ts";

let place: OwnDatabase;
let client: StoreClient;
const url = () => {
  const older = new URL(place.url);
  older.pathname += "_older";
  return older.href;
};

/** A database as an earlier release left it, which is then brought up to date. */
before(async () => {
  place = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  const files = await readMigrations(`${import.meta.dirname}/../migrations`);
  await migrateClickhouse(
    url(),
    files.filter(({ name }) => name < "0004"),
  );
  client = createStoreClient(url());
  const at = {
    _topic: "saga.events",
    _partition: 0,
    saga_id: "s",
    saga_started: "2026-01-01 00:00:00",
    time: "2026-01-01 00:00:00",
  };
  await insert(
    "saga_events",
    [40, 41, 43].map((offset) => ({ ...at, event_id: `e-${offset}`, _offset: offset })),
  );
  await insert("dead_letters", [
    {
      _topic: "saga.events",
      _partition: 0,
      _offset: 42,
      key: "k",
      value: "v",
      headers: { a: "b" },
      reason: "not_json",
    },
  ]);
  await migrateClickhouse(url(), files);
});
after(async () => {
  await client?.command({ query: `DROP DATABASE ${new URL(url()).pathname.slice(1)}` });
  await client?.close();
  await place?.drop();
});

const insert = (table: string, values: object[]) =>
  client.insert({ table, values, format: "JSONEachRow", clickhouse_settings: { async_insert: 0 } });

test("what an earlier release stored adds up, and what comes after it is counted from there", async () => {
  const [before] = await ingestProgress(createAsker(client), Date.now());
  assert.deepEqual([before?.firstOffset, before?.messages, before?.balance], ["40", 4, 0]);
  const at = {
    _topic: "saga.events",
    _partition: 0,
    saga_id: "s",
    saga_started: "2026-01-01 00:00:00",
    time: "2026-01-01 00:00:00",
  };
  await insert("saga_events", [{ ...at, event_id: "e-45", _offset: 45 }]);
  const [later] = await ingestProgress(createAsker(client), Date.now());
  assert.deepEqual([later?.messages, later?.stored, later?.balance], [6, 4, 1]);
});

test("a letter of an earlier release has an id, and its headers", async () => {
  const [message] = await deadMessages(createAsker(client), ["saga.events:0:42"], { valueBytes: 10 });
  assert.deepEqual([String(message?.key), String(message?.value)], ["k", "v"]);
  assert.deepEqual(
    message?.headers.map(({ name, value }) => `${name}: ${value}`),
    ["a: b"],
  );
});
