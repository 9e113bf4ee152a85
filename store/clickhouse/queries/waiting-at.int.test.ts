import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { waitingAt } from "./waiting-at.ts";

/** An event's row: all moments in ms from midnight. */
interface Stored {
  readonly id: string;
  readonly happened: number;
  readonly stored: number;
  readonly sagaStarted: number;
  readonly topic: string;
  readonly partition: number;
}
interface Letter {
  readonly sent: number | null;
  readonly died: number;
  readonly topic: string;
  readonly partition: number;
}

const midnightMs = Date.UTC(2026, 5, 2);
const dayMs = 86_400_000;
const topics = { events: "saga.events", spans: "otlp_spans" };
const names = ["saga.events", "own.topic", "otlp_spans"];
const sagaStarts = [-3 * dayMs, -dayMs - 7, -20, 0, 5];

/** Around midnight nearly every moment is that of several events and storings; half of the events are stored twice, in two partitions. */
const events: readonly Stored[] = Array.from({ length: 240 }, (_, index) => {
  const number = index % 160;
  const happened = ((number * 8) % 23) - 11;
  return {
    id: `e-${number}`,
    happened,
    stored: happened + ((index * 5) % 13) - 2,
    sagaStarted: sagaStarts[number % 5] ?? 0,
    topic: names[number % 7] ?? "saga.events",
    partition: (index * 3 + Math.floor(index / 160)) % 4,
  };
});
const letters: readonly Letter[] = Array.from({ length: 30 }, (_, index) => ({
  sent: index % 10 === 9 ? null : ((index * 11) % 21) - 10,
  died: ((index * 11) % 21) - 10 + (index % 6),
  topic: [...names, "otlp_logs"][index % 4] ?? "",
  partition: index % 2,
}));

let database: OwnDatabase;
const timeOf = (ms: number, nano = "") =>
  `${new Date(midnightMs + ms).toISOString().slice(0, -1).replace("T", " ")}${nano}`;
const insert = (table: string, values: object[]) =>
  database.client.insert({ table, values, format: "JSONEachRow", clickhouse_settings: { async_insert: 0 } });

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  const rows = events.map(({ id, happened, stored, sagaStarted, topic, partition }, offset) => ({
    event_id: id,
    saga_id: `s-${id}`,
    saga_started: timeOf(sagaStarted),
    time: timeOf(happened, "999999"),
    ingested_at: timeOf(stored),
    _topic: topic,
    _partition: partition,
    _offset: offset,
  }));
  await insert("saga_events", rows.slice(0, 100));
  await insert("saga_events", rows.slice(100));
  await insert(
    "dead_letters",
    letters.map(({ sent, died, topic, partition }, offset) => ({
      _topic: topic,
      _partition: partition,
      _offset: 1000 + offset,
      reason: "not_json",
      dead_at: timeOf(died),
      ...(sent === null ? {} : { message_time: timeOf(sent) }),
    })),
  );
});
after(() => database?.drop());

const asked = (ms: number) => waitingAt(createAsker(database.client), midnightMs + ms, topics);

/** What waited, as the rows tell it one by one: when the oldest had happened, and how many. */
function expectedAt(ms: number): Map<string, { waiting: number; oldest: number }> {
  const found = new Map<string, { waiting: number; oldest: number }>();
  const add = ({ topic, partition }: { topic: string; partition: number }, since: number) => {
    const { waiting, oldest } = found.get(`${topic}:${partition}`) ?? { waiting: 0, oldest: since };
    found.set(`${topic}:${partition}`, { waiting: waiting + 1, oldest: Math.min(oldest, since) });
  };
  for (const id of new Set(events.map((event) => event.id))) {
    const copies = events.filter((event) => event.id === id).toSorted((a, b) => a.stored - b.stored);
    const [first] = copies;
    if (first && first.topic !== topics.spans && first.happened <= ms && first.stored > ms) add(first, first.happened);
  }
  for (const letter of letters) {
    const { sent, died, topic } = letter;
    if (sent !== null && sent <= ms && died > ms && ["saga.events", "own.topic"].includes(topic)) add(letter, sent);
  }
  return found;
}

for (const ms of [-30, -12, -10, -9, -7, -4, -2, -1, 0, 1, 2, 5, 9, 10, 12, 19, 20, 40])
  test(`what waited ${ms} ms from midnight`, async () => {
    const rows = await asked(ms);
    const waiting = rows.filter((row) => row.waiting > 0);
    assert.deepEqual(
      new Map(
        waiting.map(({ topic, partition, waiting, oldestMs }) => [
          `${topic}:${partition}`,
          { waiting, oldest: (oldestMs ?? 0) - midnightMs },
        ]),
      ),
      expectedAt(ms),
    );
    assert.ok(rows.every(({ waiting, oldestMs }) => (oldestMs === null) === (waiting === 0)));
  });

test("moments that are the same are among those that were tried", () => {
  const at = expectedAt(0);
  assert.ok([...at.values()].some(({ waiting }) => waiting > 3));
  assert.ok(events.some(({ happened, stored }) => happened === 0 && stored > 0));
  assert.ok(events.some(({ happened, stored }) => happened < 0 && stored === 0));
});

test("later, partitions that had been read are there with nothing that waits, and what was stored in the minute before", async () => {
  const rows = await asked(60_000);
  const ofEvents = [...events, ...letters].filter(({ topic }) => ["saga.events", "own.topic"].includes(topic));
  assert.deepEqual(
    new Set(rows.map(({ topic, partition }) => `${topic}:${partition}`)),
    new Set(ofEvents.map(({ topic, partition }) => `${topic}:${partition}`)),
  );
  const inMinute = [
    ...events.map(({ stored, topic }) => ({ at: stored, topic })),
    ...letters.map(({ died, topic }) => ({ at: died, topic })),
  ];
  assert.equal(
    rows.reduce((sum, { lastMinute }) => sum + lastMinute, 0),
    inMinute.filter(({ at, topic }) => at >= 0 && ["saga.events", "own.topic"].includes(topic)).length,
  );
  assert.ok(rows.every(({ waiting }) => waiting === 0));
});

test("before anything came in there is nothing", async () => assert.deepEqual(await asked(-dayMs), []));
