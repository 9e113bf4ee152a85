import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import type { Messages } from "#ingest/message.ts";
import { settleTogether } from "#ingest/settle-starts.ts";
import { tableRows } from "#ingest/table-rows.ts";
import { event, message, neverAborted } from "#ingest/testing.ts";
import { insertBlock } from "#store/clickhouse/inserts/insert-block.ts";
import { insertedColumns } from "#store/clickhouse/inserts/tables.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { sagaEventsEncoder } from "./encode-saga-events.ts";

let database: OwnDatabase;
before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

const encode = sagaEventsEncoder(settleTogether(async () => new Map()));
async function insert(messages: Messages, token: string = randomUUID()): Promise<number> {
  const { rows } = await encode(messages, neverAborted);
  for (const { table, format, body, share } of rows)
    await insertBlock(database.client, { table, format, body: body(), token: `${token}-${share}` });
  return rows.length;
}

/** The same rows, each as its line. */
async function insertLines(messages: Messages): Promise<void> {
  const { rows } = await encode(messages, neverAborted);
  for (const { table, each } of rows)
    await insertBlock(database.client, { table, token: randomUUID(), body: tableRows(table, each()).body() });
}

/** What is stored, and then no more. */
async function taken(): Promise<unknown[]> {
  const columns = insertedColumns.saga_events.join(", ");
  const query = `SELECT ${columns} FROM saga_events ORDER BY ALL`;
  const answer = await database.client.query({ query, format: "JSONCompactEachRow" });
  const rows = await answer.json();
  for (const table of ["saga_events", "sagas", "saga_steps", "ingest_progress"])
    await database.client.command({ query: `TRUNCATE TABLE ${table}` });
  return rows;
}

test("a chunk as large as they get is one block, and counts once in the table and in each view, however often it is sent", {
  timeout: 120_000,
}, async () => {
  const messages = Array.from({ length: 60_000 }, (_, number) => {
    const id = `${number}`;
    return message(JSON.stringify(event({ id, correlationid: `large-${number % 5_000}` })), { offset: BigInt(number) });
  });
  const token = randomUUID();
  const counts = async () => {
    const answer = await database.client.query({
      query: `SELECT (SELECT count() FROM saga_events) AS rows, (SELECT uniqExact(_part) FROM saga_events) AS parts,
        (SELECT sum(stored) FROM ingest_progress) AS counted, (SELECT count() FROM sagas) AS sagas,
        (SELECT count() FROM saga_steps) AS steps`,
      format: "JSONEachRow",
    });
    return (await answer.json<Record<string, number>>())[0];
  };
  await insert(messages, token);
  const once = await counts();
  assert.deepEqual([once?.rows, once?.parts, once?.counted], [60_000, 1, 60_000]);
  for (const _ of [1, 2, 3]) await insert(messages, token);
  assert.deepEqual({ ...(await counts()), parts: 1 }, once);
  await taken();
});

const traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
const error = { code: "card_declined", message: "[bank] no", retryable: true };
const data = {
  labels: { orderId: "7", note: 'ä{}[]"\t' },
  plan: ["a", "b"],
  undoOrder: "reverse",
  deadline: "2026-01-03T00:00:00.5Z",
  payload: { a: [1, "ä"] },
};

test("the store reads columns as it reads lines, and halves of a block are the rows of the whole", async () => {
  const messages = [
    {},
    { type: "saga.started", data, subject: "order/7", causationid: "e0", traceparent },
    { type: "saga.started", data: undefined, sagaversion: undefined, source: "x".repeat(400) },
    {
      type: "saga.compensation.failed",
      data: { step: "a", attempt: 65_535, compensates: "b", serviceVersion: "1", error },
    },
    { time: "2199-12-31T23:59:59.999999999Z", sagastarted: "1970-01-01T00:00:00Z" },
    { time: "1970-01-01T00:00:01.5Z" },
    { time: "2026-01-01T01:00:00+01:00", sagastarted: "2039-12-31T23:59:59.999999999Z" },
    { sagastarted: undefined, correlationid: "silent" },
  ].map((more, index) =>
    message(JSON.stringify(event({ id: `${index}`, ...more })), { offset: 2n ** 40n + BigInt(index) }),
  );
  await insert(messages);
  const columns = await taken();
  await insertLines(messages);
  assert.equal(columns.length, messages.length);
  assert.deepEqual(columns, await taken());
});

test("events of sagas that began in 240 months are stored, by inserts of some days each", async () => {
  const messages = Array.from({ length: 240 }, (_, index) => {
    const sagastarted = new Date(Date.UTC(2020, index, 1)).toISOString();
    return message(JSON.stringify(event({ id: `event-${index}`, sagastarted })), { offset: BigInt(index) });
  });
  const token = randomUUID();
  for (const _ of [1, 2]) assert.equal(await insert(messages, token), 3);
  assert.equal((await taken()).length, 240);
});
