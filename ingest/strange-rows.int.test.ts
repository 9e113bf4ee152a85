import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Block, insertBlock } from "#store/clickhouse/inserts/insert-block.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { offsetsHeld } from "#store/clickhouse/queries/offsets-held.ts";
import { classifyError } from "./classify-error.ts";
import { sagaEventsEncoder } from "./encode-saga-events.ts";
import { insertRows } from "./insert-rows.ts";
import { RowsSuspected, retryForever } from "./retry.ts";
import { settleTogether } from "./settle-starts.ts";
import { Taken } from "./taken.ts";
import { event, message, neverAborted } from "./testing.ts";

let database: OwnDatabase;
before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

const taken = new Taken();
taken.knownFor(1_000_000);

async function insert(block: Block, suspectAfter?: number): Promise<void> {
  const unknown = suspectAfter === undefined ? "retry" : { suspectAfter };
  const retrying = () => undefined;
  await retryForever(() => insertBlock(database.client, block), { signal: neverAborted, retrying, unknown });
  taken.add(block.table, Date.now(), block);
}

const encode = sagaEventsEncoder(settleTogether(async () => new Map()));
let next = 0n;
async function store(token: string, ids: readonly string[]): Promise<string[]> {
  const messages = ids.map((id) => message(JSON.stringify(event({ id })), { offset: next++ }));
  const [rows] = (await encode(messages, neverAborted)).rows;
  assert.ok(rows);
  const witness = () => taken.witness("saga_events", Date.now());
  const dead = await insertRows(rows, token, {
    insert,
    witness,
    taken: () => taken.count("saga_events"),
    holds: async (table, of) => {
      const range = { topic: "saga.events", partition: 1, min: of[0]?.offset ?? 0n, max: of.at(-1)?.offset ?? 0n };
      return (await offsetsHeld(database.client, table, range)).size === of.length;
    },
  });
  return dead.map((each) => JSON.parse(String(each.message.value)).id);
}

async function ids(): Promise<string[]> {
  const query = "SELECT event_id FROM saga_events ORDER BY event_id";
  const answer = await database.client.query({ query, format: "JSONCompactEachRow" });
  return (await answer.json<[string]>()).map(([id]) => id);
}

// IPv4StringToNum fails under a code that is not known here.
const failing = (on: string) => `IPv4StringToNum(if(${on}, event_id, '127.0.0.1'))`;
const isStrange = "startsWith(event_id, 'strange')";
const run = (query: string) => database.client.command({ query });
const viewThatFails = (on: string) =>
  run(`CREATE MATERIALIZED VIEW strange (n UInt32) ENGINE = MergeTree ORDER BY n
    AS SELECT ${failing(on)} AS n FROM saga_events`);

test("a row that the table refuses, nobody knows why, dies; the others are stored once", {
  timeout: 60_000,
}, async () => {
  assert.deepEqual(await store("first", ["a", "b"]), []);
  await run(`ALTER TABLE saga_events ADD COLUMN strange UInt32 MATERIALIZED ${failing(isStrange)}`);
  assert.deepEqual(await store("second", ["c", "d", "strange", "e"]), ["strange"]);
  await run("ALTER TABLE saga_events DROP COLUMN strange");
  assert.deepEqual(await ids(), ["a", "b", "c", "d", "e"]);
});

test("rows that are stored though a view fails on one are tried until it does not", { timeout: 60_000 }, async () => {
  await viewThatFails(isStrange);
  const storing = store("third", ["f", "strange", "g"]);
  const longerThanItTakesToSuspect = 15_000;
  await sleep(longerThanItTakesToSuspect);
  await run("DROP TABLE strange");
  assert.deepEqual(await storing, []);
  assert.deepEqual(await ids(), ["a", "b", "c", "d", "e", "f", "g", "strange"]);
});

test("what the store took it refuses where it refuses everything", { timeout: 60_000 }, async () => {
  await viewThatFails("true");
  const witness = taken.witness("saga_events", Date.now());
  assert.ok(witness);
  await assert.rejects(insert(witness, 1), (error: Error) => {
    assert.ok(error instanceof RowsSuspected);
    assert.equal(classifyError(error.cause).kind, "unknown");
    return true;
  });
  await run("DROP TABLE strange");
  await insert(witness, 1);
  assert.deepEqual(await ids(), ["a", "b", "c", "d", "e", "f", "g", "strange"]);
});
