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

/** Stores events of a partition's offsets from the one to the other, in this minute. */
const store = (partition: number, minute: string, [from, to]: readonly [number, number]) =>
  client.command({
    query: `INSERT INTO saga_events (event_id, saga_id, saga_type, saga_started, event_type, time, ingested_at, _topic, _partition, _offset)
      SELECT concat('e', toString(number)), 's', 't', now(), 'saga.started', now(), '${minute}', 'lives', ${partition}, number
      FROM numbers(${from}, ${to - from + 1})`,
    clickhouse_settings: { insert_deduplicate: 0 },
  });
const skip = (partition: number, minute: string, [from, to, skipped]: readonly [number, number, number]) =>
  insert("ingest_skips", [
    { _topic: "lives", _partition: partition, minute, skipped, min_offset: from, max_offset: to },
  ]);

for (const { name, partition, lives, balance } of [
  {
    name: "anew between two minutes",
    partition: 0,
    lives: [
      ["10:00", 0, 99],
      ["10:02", 0, 49],
    ],
    balance: ["0", "49", 50, 0],
  },
  {
    name: "anew within a minute, and longer than before",
    partition: 1,
    lives: [
      ["10:00", 0, 99],
      ["10:02", 100, 119],
      ["10:02", 0, 9],
      ["10:03", 10, 199],
    ],
    balance: ["10", "199", 190, 0],
  },
  {
    name: "anew twice",
    partition: 2,
    lives: [
      ["10:00", 0, 99],
      ["10:01", 0, 9],
      ["10:02", 0, 19],
      ["10:03", 20, 29],
    ],
    balance: ["0", "29", 30, 0],
  },
  {
    name: "anew in its only minute so far",
    partition: 3,
    lives: [
      ["10:00", 0, 99],
      ["10:01", 100, 109],
      ["10:01", 0, 3],
    ],
  },
  {
    name: "once, with something missing",
    partition: 4,
    lives: [
      ["10:00", 0, 99],
      ["10:01", 102, 109],
    ],
    balance: ["0", "109", 110, 2],
  },
] as const satisfies readonly {
  name: string;
  partition: number;
  lives: readonly (readonly [string, number, number])[];
  balance?: readonly unknown[];
}[])
  test(`a topic that was made ${name} is counted since then`, async () => {
    for (const [minute, from, to] of lives) await store(partition, `2026-01-01 ${minute}:30`, [from, to]);
    const found = await ingestProgress(createAsker(client), Date.now());
    const own = found.find((one) => one.topic === "lives" && one.partition === partition);
    assert.deepEqual(own && [own.firstOffset, own.lastOffset, own.messages, own.balance], balance);
  });

/** Stores two events of each message of a mapped topic. */
const storeTwice = async (topic: string, minute: string, [from, to]: readonly [number, number]) =>
  await insert(
    "saga_events",
    Array.from({ length: (to - from + 1) * 2 }, (_, index) => ({
      event_id: `${topic}-${minute}-${index}`,
      saga_id: "mapped",
      saga_started: "2026-01-01 00:00:00",
      time: "2026-01-01 00:00:00",
      ingested_at: `2026-01-01 ${minute}:30`,
      _topic: topic,
      _partition: 0,
      _offset: from + Math.floor(index / 2),
    })),
  );

for (const { name, topic, lives, before, offsets } of [
  {
    name: "and is shorter than before",
    topic: "mapped-shorter",
    lives: [
      ["10:00", 0, 9],
      ["10:02", 0, 4],
    ],
    before: undefined,
    offsets: ["0", "4"],
  },
  {
    name: "and is longer than all that was stored of the old one",
    topic: "mapped-longer",
    lives: [
      ["10:00", 0, 9],
      ["10:02", 0, 14],
    ],
    before: 10,
    offsets: ["0", "14"],
  },
  {
    name: "in a minute that has stored of both",
    topic: "mapped-both",
    lives: [
      ["10:00", 0, 9],
      ["10:02", 10, 14],
      ["10:02", 0, 2],
    ],
    before: 15,
    offsets: undefined,
  },
  {
    name: "and nobody knows how far the old one had come",
    topic: "mapped-unknown",
    lives: [
      ["10:00", 0, 9],
      ["10:02", 0, 14],
    ],
    before: undefined,
    offsets: undefined,
  },
  {
    name: "never, with two events of each message",
    topic: "mapped-once",
    lives: [
      ["10:00", 0, 9],
      ["10:02", 10, 14],
    ],
    before: undefined,
    offsets: ["0", "14"],
  },
] as const satisfies readonly {
  name: string;
  topic: string;
  lives: readonly (readonly [string, number, number])[];
  before: number | undefined;
  offsets: readonly string[] | undefined;
}[])
  test(`a mapped topic that was made anew ${name} is told as far as it is known`, async () => {
    for (const [minute, from, to] of lives) await storeTwice(topic, minute, [from, to]);
    if (before !== undefined)
      await insert("ingest_logs", [
        { topic, partition: 0, log_id: "old", before: 0, since: "2026-01-01 10:00:00" },
        { topic, partition: 0, log_id: "new", before, since: "2026-01-01 10:02:00" },
      ]);
    const found = await ingestProgress(createAsker(client), Date.now(), { events: "saga.events" });
    const own = found.find((one) => one.topic === topic);
    assert.deepEqual(own && [own.firstOffset, own.lastOffset], offsets);
  });

test("offsets that held nothing to store are no messages", async () => {
  await store(9, "2026-01-01 10:00:30", [0, 9]);
  await store(9, "2026-01-01 10:01:30", [11, 14]);
  await skip(9, "2026-01-01 10:01:00", [10, 14, 1]);
  await skip(9, "2026-01-01 10:02:00", [15, 16, 2]);
  const found = await ingestProgress(createAsker(client), Date.now());
  const own = found.find((one) => one.topic === "lives" && one.partition === 9);
  assert.deepEqual(own && [own.lastOffset, own.messages, own.stored, own.balance], ["16", 14, 14, 0]);
});

test("a letter of an earlier release has an id, and its headers", async () => {
  const [message] = await deadMessages(createAsker(client), ["saga.events:0:42"], { valueBytes: 10 });
  assert.deepEqual([String(message?.key), String(message?.value)], ["k", "v"]);
  assert.deepEqual(
    message?.headers.map(({ name, value }) => `${name}: ${value}`),
    ["a: b"],
  );
});
