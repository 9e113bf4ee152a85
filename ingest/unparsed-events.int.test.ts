import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { insertBlock } from "#store/clickhouse/inserts/insert-block.ts";
import { insertUnparsedEvents } from "#store/clickhouse/inserts/insert-unparsed-events.ts";
import { daysAnInsert } from "#store/clickhouse/inserts/saga-days.ts";
import { insertedColumns } from "#store/clickhouse/inserts/tables.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { classifyError } from "./classify-error.ts";
import { sagaEventsEncoder } from "./encode-saga-events.ts";
import type { Message } from "./message.ts";
import { settleTogether } from "./settle-starts.ts";
import { event, message, neverAborted } from "./testing.ts";
import { screenEvents, sortEvents, unparsedBody, unparsedBytes } from "./unparsed-events.ts";

let database: OwnDatabase;
before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

const seal = "0f1e2d3c";
const insert = (messages: readonly Message[], token: string = randomUUID()) =>
  insertUnparsedEvents(database.client, {
    topic: "saga.events",
    partition: 1,
    seal,
    token,
    bytes: unparsedBytes(messages),
    body: () => unparsedBody(messages, seal),
  });

/** Whether the store takes them as they are; any answer but yes and "not these rows" is an error. */
async function takes(messages: readonly Message[]): Promise<boolean> {
  try {
    await insert(messages);
    return true;
  } catch (error) {
    assert.match(classifyError(error).kind, /^(split|unknown)$/, String(error));
    return false;
  }
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
  await stored();
});

const given = insertedColumns.saga_events.filter((name) => name !== "_offset");
async function stored(): Promise<unknown[]> {
  const query = `SELECT ${given.join(", ")} FROM saga_events WHERE _topic = 'saga.events' ORDER BY ALL`;
  const answer = await database.client.query({ query, format: "JSONCompactEachRow" });
  const rows = await answer.json();
  for (const table of ["saga_events", "sagas", "saga_steps", "ingest_progress"])
    await database.client.command({ query: `TRUNCATE TABLE ${table}` });
  return rows;
}

const encode = sagaEventsEncoder(settleTogether(async () => new Map()));
async function parsed(messages: readonly Message[]) {
  const { rows, dead } = await encode(messages, neverAborted);
  for (const { table, body } of rows) await insertBlock(database.client, { table, token: randomUUID(), body: body() });
  return { dead: dead.length, rows: await stored() };
}

const traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
const error = { code: "card_declined", message: "[bank] no", retryable: true };
const full = { subject: "order/7", causationid: "e0", traceparent, extra: { deep: [1] } };
const compensation = { step: "refund", attempt: 2, compensates: "charge", serviceVersion: "1", error };
const whole = {
  labels: { orderId: "7", note: "ä{}[]" },
  plan: ["a", "b"],
  undoOrder: "reverse",
  deadline: "2026-01-03T00:00:00Z",
  odd: 1,
};

const noError = { code: "", message: "", retryable: false };
const noData = { undoOrder: "", deadline: "", serviceVersion: "", plan: [], labels: {}, error: noError };

for (const [name, more] of Object.entries({
  "a step": {},
  "a start with everything": { type: "saga.started", data: whole, ...full },
  "a start with nothing": { type: "saga.started", data: undefined },
  "a start that names a step": { type: "saga.started", data: { step: "charge", attempt: 7 } },
  "a compensation": { type: "saga.compensation.failed", data: compensation, ...full },
  "a step that says what it compensates": { data: { step: "a", compensates: "b" } },
  "an attempt": { data: { step: "a", attempt: 65_535 } },
  "no version": { sagaversion: undefined },
  "version 1": { dataschema: "urn:sagascope:saga-event:1" },
  "no version of its schema": { dataschema: "urn:sagascope:saga-event" },
  "a schema of the producer's own": { dataschema: "https://example.com/schemas/order/7" },
  "a leap day": { time: "2028-02-29T23:59:59.999999999Z" },
  "the first moment of all": { time: "2000-01-01T00:00:00Z", sagastarted: "2000-01-01T00:00:00.000000001Z" },
  "a start before what is stored": { sagastarted: "2019-12-31T23:59:59.999999999Z" },
  "the first start that is stored": { sagastarted: "2020-01-01T00:00:00.001Z" },
  "the last start that is stored": { sagastarted: "2039-12-31T23:59:59.999999999Z" },
  "a start after what is stored": { time: "2105-01-01T00:00:00Z", sagastarted: "2040-01-01T00:00:00Z" },
  "what is empty": {
    type: "saga.started",
    traceparent: "",
    subject: "",
    causationid: "",
    sagaversion: "",
    data: noData,
  },
  "an error that says nothing": { data: { step: "a", error: {} } },
  "what stands beside the data": { datacontenttype: "application/json", tracestate: "a=b" },
  "what is escaped": { subject: 'a "b" \\ \t', extra: "\n" },
  "a second": { time: "2026-01-01T00:00:00Z", sagastarted: "2026-01-01T00:00:00.123456Z" },
}))
  test(`${name} is stored as it stands, as if it had been parsed`, async () => {
    const messages = [message(JSON.stringify(event(more)))];
    assert.equal(sortEvents(messages).plain.length, 1);
    await insert(messages);
    const rows = await stored();
    assert.equal(rows.length, 1);
    assert.deepEqual({ rows, dead: 0 }, await parsed(messages));
  });

const refused: Record<string, Record<string, unknown>> = {
  "another specversion": { specversion: "0.3" },
  "version 2": { dataschema: "urn:sagascope:saga-event:2" },
  "version 10": { dataschema: "urn:sagascope:saga-event:10" },
  "a version without a number": { dataschema: "urn:sagascope:saga-event:" },
  "version 1 and more": { dataschema: "urn:sagascope:saga-event:1 " },
  "no specversion": { specversion: undefined },
  "null for a dataschema": { dataschema: null },
  "an unknown type": { type: "saga.begun" },
  "no id": { id: undefined },
  "an empty id": { id: "" },
  "an id too long": { id: "x".repeat(257) },
  "a number for an id": { id: 7 },
  "an object for an id": { id: { a: 1 } },
  "a truth for a source": { source: true },
  "null for a subject": { subject: null },
  "a step event without a step": { data: {} },
  "a compensation of nothing": { type: "saga.compensation.started", data: { step: "a" } },
  "attempt 0": { data: { step: "a", attempt: 0 } },
  "attempt 1.5": { data: { step: "a", attempt: 1.5 } },
  "attempt 65536": { data: { step: "a", attempt: 65_536 } },
  "attempt 2^64": { data: { step: "a", attempt: 2 ** 64 } },
  "attempt as text": { data: { step: "a", attempt: "1" } },
  "30 February": { time: "2026-02-30T00:00:00Z" },
  "the year 1999": { time: "1999-12-31T23:59:59Z" },
  "a start at the epoch": { sagastarted: "1970-01-01T00:00:00Z" },
  "a deadline in 1985": { data: { step: "a", deadline: "1985-01-01T00:00:00Z" } },
  "the hour 24": { time: "2026-01-01T24:00:00Z" },
  "the year 9999": { time: "9999-01-01T00:00:00Z" },
  "a time of another kind": { time: "yesterday" },
  "a time with a space": { time: "2026-01-01 00:00:00Z" },
  "a bad start": { sagastarted: "2026-13-01T00:00:00Z" },
  "a bad deadline": { data: { step: "a", deadline: "soon" } },
  "a bad traceparent": { traceparent: "00-0-0-00" },
  "a label with a number": { data: { step: "a", labels: { a: 1 } } },
  "a label without a name": { data: { step: "a", labels: { "": "x" } } },
  "a plan of numbers": { data: { step: "a", plan: [1] } },
  "a plan with nothing in it": { data: { step: "a", plan: [""] } },
  "another order of undoing": { data: { step: "a", undoOrder: "any" } },
  "an order of undoing as a list": { data: { step: "a", undoOrder: ["reverse"] } },
  "text for data": { data: "a" },
  "an error without a code": { data: { step: "a", error: { message: "no" } } },
  "a number for a tracestate": { tracestate: 5 },
  "an object for a content type": { datacontenttype: {} },
  "an error that is only to be tried again": { data: { step: "a", error: { retryable: true } } },
  "an error as a list": { data: { step: "a", error: [] } },
  "an error as text": { data: { step: "a", error: "no" } },
};
for (const [name, more] of Object.entries(refused))
  test(`${name} makes the store refuse the block`, async () => {
    const good = message(JSON.stringify(event()), { offset: 6n });
    assert.equal(await takes([good, message(JSON.stringify(event(more)))]), false);
    assert.deepEqual(await stored(), []);
  });

test("without its dead, a block of garbage goes in as it stands", async () => {
  const texts = [event(), ...Object.values(refused).map((more) => event(more)), event({ id: "last" })];
  const messages = texts.map((text, index) => message(JSON.stringify(text), { offset: BigInt(index) }));
  const broken = [line.slice(0, -30), `${line}}`, "{"].map((text) => message(text, { offset: 99n }));
  const { sound, dead } = screenEvents([...messages, ...broken]);
  assert.equal(await takes([...messages, ...broken]), false);
  assert.equal(await takes(sound), true);
  const rows = await stored();
  assert.deepEqual([rows.length, rows.length + dead.length], [sound.length, messages.length + broken.length]);
  assert.deepEqual({ rows, dead: dead.length }, await parsed([...messages, ...broken]));
});

const line = JSON.stringify(event());
for (const [name, text] of Object.entries({
  "a cut message": line.slice(0, -30),
  "a message cut within a text": line.slice(0, 40),
  "a message that ends in a backslash": `${line.slice(0, 40)}\\`,
  "two events in a message": `${line},${line}`,
  "a message that ends its line and begins another": `${line},"${"0".repeat(8)}"]\n[99,${line}`,
  "a message that swallows the next": `${line.slice(0, -1)},"x":"`,
  "a brace too many": `${line}}`,
  "only an opening brace": "{",
}))
  test(`${name} cannot change another's row`, async () => {
    const good = message(line, { offset: 8n });
    assert.equal(await takes([message(text), good]), false);
    assert.equal(await takes([good, message(text, { offset: 9n })]), false);
    assert.deepEqual(await stored(), []);
  });

for (const [name, value, headers] of [
  ["a tombstone", null, {}],
  ["no object", "[]", {}],
  ["not UTF-8", Buffer.concat([Buffer.from('{"sagastarted":"'), Buffer.from([0xff]), Buffer.from('"}')]), {}],
  ["an escape", line.replace("event-1", "event\\u0031"), {}],
  ["NUL", line.replace("event-1", "event\0"), {}],
  ["a line feed in a text", line.replace("event-1", "event\n1"), {}],
  ["a tab in what nobody reads", line.replace("{", '{"x":"\t",'), {}],
  ["a line feed between fields", line.replace(",", ",\n"), {}],
  ["a form feed at the end", `${line}\f`, {}],
  ["an escape of another language", line.replace("event-1", "event\\q1"), {}],
  ["an escaped NUL of another language", line.replace("event-1", "event\\01"), {}],
  ["a label that no object of JavaScript keeps", line.replace('"data":{', '"data":{"labels":{"__proto__":"x"},'), {}],
  ["a payload", JSON.stringify(event({ data: { step: "a", payload: {} } })), {}],
  ["no sagastarted", JSON.stringify(event({ sagastarted: undefined })), {}],
  ["two words for sagastarted", JSON.stringify(event({ data: { step: "a", sagastarted: "2026-01-01" } })), {}],
  ["binary mode", line, { ce_specversion: "1.0" }],
] as const)
  test(`${name} has to be read here`, () => {
    assert.equal(sortEvents([message(value, { headers })]).odd.length, 1);
  });

/** Events of sagas that began on so many days, in every month of 240. */
const scattered = (days: number) =>
  Array.from({ length: days }, (_, index) => {
    const sagastarted = new Date(Date.UTC(2020, index % 240, 1 + index / 240)).toISOString();
    return message(JSON.stringify(event({ id: `event-${index}`, sagastarted })), { offset: BigInt(index) });
  });

test("events of sagas that began in 240 months are stored, by inserts of some days each", async () => {
  const messages = scattered(240);
  assert.deepEqual(sortEvents(messages), { plain: [], odd: messages });
  const { rows } = await encode(messages, neverAborted);
  assert.deepEqual(
    rows.map(({ count }) => count),
    [100, 100, 40],
  );
  const token = randomUUID();
  for (const _ of [1, 2])
    for (const { table, body, share } of rows)
      await insertBlock(database.client, { table, token: `${token}-${share}`, body: body() });
  const { rows: kept } = await parsed([]);
  assert.equal(kept.length, 240);
});

test("on as many days as one insert may touch, they go in as they stand", async () => {
  const messages = scattered(daysAnInsert);
  assert.equal(sortEvents(messages).plain.length, daysAnInsert);
  await insert(messages);
  const rows = await stored();
  assert.deepEqual({ rows, dead: 0 }, await parsed(messages));
});

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom(
    "",
    "x".repeat(101),
    "2026-01-01T00:00:00Z",
    "2026-02-29T10:00:00.5+02:00",
    "1999-12-31T23:59:59.999Z",
    "2019-12-31T23:59:59.9999Z",
    "2040-01-01T00:00:00Z",
    "2107-01-01T00:00:00Z",
    "saga.started",
    "urn:sagascope:saga-event:1",
    "urn:sagascope:saga-event:2",
    traceparent,
  ),
);
const anything = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.integer() },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
const type = fc.constantFrom("saga.started", "saga.step.failed", "saga.compensation.completed", "saga.resolved");
const names = [
  "id",
  "source",
  "subject",
  "causationid",
  "time",
  "sagastarted",
  "sagaversion",
  "traceparent",
  "type",
  "dataschema",
];
const dataNames = ["step", "attempt", "compensates", "labels", "plan", "undoOrder", "deadline", "serviceVersion"];
const anEvent = fc
  .record({
    type,
    more: fc.dictionary(fc.constantFrom(...names), anything, { maxKeys: 1 }),
    data: fc.dictionary(fc.constantFrom(...dataNames), anything, { maxKeys: 1 }),
    error: fc.option(fc.dictionary(fc.constantFrom("message", "retryable"), anything), { nil: undefined }),
  })
  .map(({ type, more, data, error }) => {
    const usual = { step: "a", compensates: "b", attempt: 1, error: error && { code: "c", ...error } };
    return event({ type, ...more, data: { ...usual, ...data } });
  });

test("whatever the store takes as it stands, the schema takes too, and the row is the same", async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(anEvent, async (one) => {
      const messages = [message(JSON.stringify(one))];
      if (sortEvents(messages).plain.length === 0 || !(await takes(messages))) return;
      taken += 1;
      const rows = await stored();
      assert.deepEqual({ rows, dead: 0 }, await parsed(messages), JSON.stringify(one));
    }),
    { numRuns: 60 },
  );
  assert.ok(taken > 5, `only ${taken} were taken`);
});
