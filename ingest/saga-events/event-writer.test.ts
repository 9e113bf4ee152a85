import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SagaEvent } from "#contracts/saga-event.ts";
import { millisOf } from "#ingest/epoch.ts";
import type { Message } from "#ingest/message.ts";
import { NativeBlock } from "#ingest/native/block.ts";
import { writeLine } from "#ingest/native/line.ts";
import { bytesOf, event, message } from "#ingest/testing.ts";
import { decodeSagaEvent } from "./decode-saga-event.ts";
import { eventColumns } from "./event-columns.ts";
import { EventWriter } from "./event-writer.ts";
import { sagaEventRow, storedStart } from "./saga-event-row.ts";

/** What is written of messages, one row after the other, and which were taken. */
function quick(messages: readonly Message[]): { rows: string; taken: boolean[] } {
  const block = new NativeBlock(eventColumns, "saga_started");
  const writer = new EventWriter(block);
  const taken = messages.map((one) => writer.write(one));
  block.added(taken.filter(Boolean).length);
  return { rows: bytesOf(block.take()).toString("latin1"), taken };
}

/** The rows of the same messages, read one by one. */
function thorough(messages: readonly Message[]): string {
  const block = new NativeBlock(eventColumns, "saga_started");
  for (const one of messages) {
    const decoded = decodeSagaEvent(one);
    assert.equal(decoded.kind, "event");
    if (decoded.kind !== "event" || decoded.event.sagastarted === undefined)
      throw new Error("It has no start of its own");
    const { before, after } = sagaEventRow(decoded.event, one);
    const startedMs = storedStart(millisOf(decoded.event.sagastarted));
    writeLine(block.inOrder, Buffer.from(`${before}${startedMs}${after}`));
  }
  block.added(messages.length);
  return bytesOf(block.take()).toString("latin1");
}

const isTaken = (one: Message): boolean => quick([one]).taken[0] === true;
/** Whether it is taken, and if so as it would be when it is read. */
function isTakenRightly(one: Message): boolean {
  const { rows, taken } = quick([one]);
  assert.equal(rows, taken[0] ? thorough([one]) : "", String(one.value));
  return taken[0] === true;
}

const line = JSON.stringify(event());
const traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
const error = { code: "card_declined", message: "[bank] no", retryable: true };
const full = {
  subject: "order/7",
  causationid: "e0",
  traceparent,
  extra: { deep: [1, -1.5e3, "x\\/", null, true, {}] },
};
const compensation = { step: "refund", attempt: 2, compensates: "charge", serviceVersion: "1", error };
const whole = {
  labels: { orderId: "7", note: "ä{}[]", long: "x".repeat(300) },
  plan: ["a", "b"],
  undoOrder: "reverse",
  deadline: "2026-01-03T00:00:00Z",
  odd: 1,
};
const noError = { code: "", message: "", retryable: false };
const noData = { undoOrder: "", deadline: "", serviceVersion: "", plan: [], labels: {}, error: noError };
const payload = {
  items: [{ sku: 'a\n"b"', price: 1.5, tags: [] }],
  note: "ä👟",
  none: null,
  isGift: false,
  deep: { of: {} },
};

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
  "the last day of a year of 366": { time: "2000-12-31T23:59:59.1Z", sagastarted: "2100-03-01T00:00:00Z" },
  "the year 1999": { time: "1999-12-31T23:59:59Z" },
  "a start at the epoch": { sagastarted: "1970-01-01T00:00:00Z" },
  "a deadline in 1985": { data: { step: "a", deadline: "1985-01-01T00:00:00Z" } },
  "the first second that is copied": { time: "1970-01-01T00:00:01Z", sagastarted: "1970-01-01T00:00:00.000000001Z" },
  "the last moment of all": { time: "2199-12-31T23:59:59.999999999Z" },
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
  "a payload": { data: { step: "a", payload } },
  "a payload of nothing": { data: { step: "a", payload: null } },
  "a payload of numbers": { data: { step: "a", payload: [0, -1, 1e21, 1.25e-7] } },
}))
  test(`${name} is copied, to the row that reading it makes`, () => {
    assert.ok(isTakenRightly(message(JSON.stringify(event(more)))));
  });

test("an offset of any size is kept as it is", () => {
  for (const offset of [0n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 62n + 1n])
    assert.ok(isTakenRightly(message(line, { offset })));
});

test("numbers of a payload are kept as they are written", () => {
  const text = line.replace('"data":{', '"data":{"payload":[1.50,1e400,12345678901234567890,-0,0.0],');
  assert.ok(isTakenRightly(message(text)));
});

test("characters by their numbers are the same as themselves", () => {
  const text = line.replace("event-1", "\\u0065\\u00e4\\u20AC\\ud83d\\udc5f\\u001f");
  assert.ok(isTakenRightly(message(text)));
  assert.equal(quick([message(text)]).rows, quick([message(line.replace("event-1", "eä€👟\\u001f"))]).rows);
});

test("spaces between what JSON is made of, and any order of fields, change nothing", () => {
  const one = event({ ...full, data: compensation, type: "saga.compensation.started" });
  const backwards = Object.fromEntries(Object.entries(one).reverse());
  const spaced = JSON.stringify(backwards, null, "\t");
  assert.ok(isTakenRightly(message(spaced)));
  assert.equal(quick([message(spaced)]).rows, quick([message(JSON.stringify(one))]).rows);
});

for (const [name, more] of Object.entries({
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
  "the year 1969": { time: "1969-12-31T23:59:59Z" },
  "a start in 1969": { sagastarted: "1969-12-31T23:59:59Z" },
  "a deadline in 1969": { data: { step: "a", deadline: "1969-12-31T23:59:59Z" } },
  "29 February 2100": { time: "2100-02-29T00:00:00Z" },
  "the hour 24": { time: "2026-01-01T24:00:00Z" },
  "the year 9999": { time: "9999-01-01T00:00:00Z" },
  "a time of another kind": { time: "yesterday" },
  "a time with a space": { time: "2026-01-01 00:00:00Z" },
  "an empty time": { time: "" },
  "ten decimals": { time: "2026-01-01T00:00:00.0123456789Z" },
  "a point without decimals": { time: "2026-01-01T00:00:00.Z" },
  "a bad start": { sagastarted: "2026-13-01T00:00:00Z" },
  "a bad deadline": { data: { step: "a", deadline: "soon" } },
  "a bad traceparent": { traceparent: "00-0-0-00" },
  "a label with a number": { data: { step: "a", labels: { a: 1 } } },
  "a label without a name": { data: { step: "a", labels: { "": "x" } } },
  "a plan of numbers": { data: { step: "a", plan: [1] } },
  "a plan with nothing in it": { data: { step: "a", plan: [""] } },
  "another order of undoing": { data: { step: "a", undoOrder: "any" } },
  "another order of as many letters": { data: { step: "a", undoOrder: "esrever" } },
  "an order of undoing as a list": { data: { step: "a", undoOrder: ["reverse"] } },
  "text for data": { data: "a" },
  "an error without a code": { data: { step: "a", error: { message: "no" } } },
  "a number for a tracestate": { tracestate: 5 },
  "an object for a content type": { datacontenttype: {} },
  "an error that is only to be tried again": { data: { step: "a", error: { retryable: true } } },
  "an error as a list": { data: { step: "a", error: [] } },
  "an error as text": { data: { step: "a", error: "no" } },
}))
  test(`${name} is left to be read, and is no event then either`, () => {
    const bad = message(JSON.stringify(event(more)), { offset: 6n });
    assert.equal(decodeSagaEvent(bad).kind, "dead");
    const good = message(JSON.stringify(event()));
    assert.deepEqual(quick([good, bad, good]), { rows: thorough([good, good]), taken: [true, false, true] });
  });

for (const [name, text] of Object.entries({
  "a cut message": line.slice(0, -30),
  "a message cut within a text": line.slice(0, 40),
  "a message that ends in a backslash": `${line.slice(0, 40)}\\`,
  "two events in a message": `${line},${line}`,
  "a message that ends its line and begins another": `${line},"00000000"]\n[99,${line}`,
  "a message that swallows the next": `${line.slice(0, -1)},"x":"`,
  "a brace too many": `${line}}`,
  "only an opening brace": "{",
  "nothing at all": "",
  "a number with a zero before it": line.replace("{", '{"x":01,'),
  "a number with a plus": line.replace("{", '{"x":+1,'),
  "a number that ends in its point": line.replace("{", '{"x":1.,'),
  "a word that is cut": line.replace("{", '{"x":tru,'),
  "a comma at the end": line.replace(/}$/, ",}"),
}))
  test(`${name} is left to be read, and cannot change another's row`, () => {
    const good = message(line, { offset: 8n });
    // As they lie in a batch, one after the other in the same bytes.
    const source = Buffer.concat([Buffer.from(text), Buffer.from(line)]);
    const bad = { ...message(text), source, sourceFrom: 0 };
    assert.deepEqual(quick([bad, good, bad]), { rows: thorough([good]), taken: [false, true, false] });
    assert.equal(decodeSagaEvent(bad).kind, "dead");
  });

for (const [name, value, headers] of [
  ["a tombstone", null, {}],
  ["no object", "[]", {}],
  ["not UTF-8", Buffer.from(line.replace("event-1", "event-\xff"), "latin1"), {}],
  ["not UTF-8 where nobody reads", Buffer.from(line.replace("{", '{"\xff":1,'), "latin1"), {}],
  ["NUL by number", line.replace("event-1", "event\\u0000"), {}],
  ["half a character by number", line.replace("event-1", "event\\ud83d"), {}],
  ["the other half alone", line.replace("event-1", "event\\udc5f\\ud83d"), {}],
  ["a number that is cut", line.replace("event-1", "event\\u00f"), {}],
  ["a payload with a character by number", line.replace('"data":{', '"data":{"payload":"\\u00e4",'), {}],
  ["a name with an escape", line.replace('"id"', '"i\\u0064"'), {}],
  ["NUL", line.replace("event-1", "event\0"), {}],
  ["a line feed in a text", line.replace("event-1", "event\n1"), {}],
  ["a tab in what nobody reads", line.replace("{", '{"x":"\t",'), {}],
  ["a form feed at the end", `${line}\f`, {}],
  ["an escape of another language", line.replace("event-1", "event\\q1"), {}],
  ["an escaped NUL of another language", line.replace("event-1", "event\\01"), {}],
  ["a label that no object of JavaScript keeps", line.replace('"data":{', '"data":{"labels":{"__proto__":"x"},'), {}],
  ["a label that comes twice", line.replace('"data":{', '"data":{"labels":{"a":"x","b":"","a":"y"},'), {}],
  ["a label that is a number", line.replace('"data":{', '"data":{"labels":{"b":"x","1":"y"},'), {}],
  ["a field that comes twice", line.replace("{", '{"id":"event-2",'), {}],
  ["a payload with a space", line.replace('"data":{', '"data":{"payload":{"a": 1},'), {}],
  ["a payload with a name twice", line.replace('"data":{', '"data":{"payload":{"a":1,"b":{"a":1},"a":2},'), {}],
  ["a payload with a number for a name", line.replace('"data":{', '"data":{"payload":{"a":1,"1":2},'), {}],
  ["a payload with an escaped slash", line.replace('"data":{', '"data":{"payload":"a\\/b",'), {}],
  [
    "a payload that no object of JavaScript keeps",
    line.replace('"data":{', '"data":{"payload":[{"__proto__":1}],'),
    {},
  ],
  ["no sagastarted", JSON.stringify(event({ sagastarted: undefined })), {}],
  ["a time with a zone", JSON.stringify(event({ time: "2026-01-01T00:00:00+01:00" })), {}],
  ["binary mode", line, { ce_specversion: "1.0" }],
  ["too much", JSON.stringify(event({ x: "x".repeat(1_048_576) })), {}],
] as const)
  test(`${name} is left to be read`, () => {
    assert.equal(isTaken(message(value, { headers })), false);
  });

const everything = {
  dataschema: "urn:sagascope:saga-event:1",
  causationid: "e0",
  subject: "order/7",
  datacontenttype: "application/json",
  traceparent,
  tracestate: "a=b",
  partitionkey: 7,
};
const data = {
  step: "refund",
  attempt: 2,
  compensates: "charge",
  serviceVersion: "1",
  labels: { orderId: "7", note: "ä{}[]👟" },
  plan: ["a", "b"],
  undoOrder: "reverse",
  deadline: "2026-01-03T00:00:00Z",
  error: { code: "card_declined", message: "no", retryable: true },
  payload: { a: [1] },
};
const kinds = SagaEvent.options.flatMap(({ shape }) => shape.type.options);
const right = fc.record({ type: fc.constantFrom(...kinds), isFull: fc.boolean() }).map(({ type, isFull }) => {
  const { step, compensates } = data;
  return event({ type, ...(isFull ? { ...everything, data } : { data: { step, compensates } }) });
});

/** At each limit of the contract, one beyond it, in characters of one, two and four bytes; and what must not be in a text. */
const nastyText = fc.oneof(
  fc
    .tuple(fc.constantFrom(0, 1, 50, 100, 128, 200, 250, 256, 500, 1000), fc.constantFrom("x", "ä", "👟"), fc.nat(1))
    .map(([count, character, more]) => character.repeat(count + more)),
  fc.constantFrom(
    "\0",
    "\ud800",
    "\udc00x",
    "a\n",
    "1.0\n",
    "saga.started\n",
    "urn:sagascope:saga-event:2",
    "__proto__",
  ),
  fc.constantFrom("2026-02-29T00:00:00Z", "2024-02-29t00:00:00z", "2026-01-01T00:00:00Z\n", "1999-12-31T23:59:59Z"),
  fc.constantFrom(`${everything.traceparent}\n`, everything.traceparent.toUpperCase(), "00-0-0-00", "reverse\n"),
);
const nasty = fc.oneof(
  { arbitrary: nastyText, weight: 4 },
  { arbitrary: fc.constantFrom(null, true, 0, -0, 1, 1.5, 65_535, 65_536, 2 ** 53, 1e300, [], {}, [[]]), weight: 2 },
  { arbitrary: fc.dictionary(nastyText, nastyText, { maxKeys: 2 }), weight: 1 },
  { arbitrary: fc.array(nastyText, { maxLength: 2 }), weight: 1 },
  { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 },
);

/** JSON with one of its values, at any depth, made another, taken out, or put in beside the others. */
function changed(json: unknown, { at, value }: { at: number; value: unknown }): unknown {
  const places: { of: Record<string, unknown>; name: string }[] = [];
  const copy: unknown = structuredClone({ json });
  const visit = (of: unknown): void => {
    if (typeof of !== "object" || of === null) return;
    for (const name of Object.keys(of)) {
      places.push({ of: of as Record<string, unknown>, name });
      visit((of as Record<string, unknown>)[name]);
    }
  };
  visit(copy);
  const place = places[at % places.length];
  if (place) Object.defineProperty(place.of, place.name, { value, enumerable: value !== undefined });
  return (copy as { json: unknown }).json;
}
const change = fc.record({ at: fc.nat(60), value: fc.option(nasty, { nil: undefined }) });
const changedEvent = fc
  .tuple(right, fc.array(change, { maxLength: 2 }))
  .map(([one, changes]) => changes.reduce<unknown>(changed, one));

/** Its text, cut, doubled, spaced, with other bytes in it, or with a name that it has already. */
const changedText = fc.tuple(changedEvent, fc.nat(), nasty, fc.nat(14)).map(([json, place, value, how]) => {
  const text = JSON.stringify(json) ?? "";
  const at = place % (text.length + 1);
  const names = Object.keys(everything);
  switch (how) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text + text;
    case 2:
      return `${text.slice(0, at)}\\u0000${text.slice(at)}`;
    case 3:
      return text.slice(0, at) + text.slice(at + 1);
    case 4:
      return `${text.slice(0, -1)},${JSON.stringify(names[place % names.length])}:${JSON.stringify(value)}}`;
    case 5:
      return `${text.slice(0, -1)},"__proto__":${JSON.stringify(value)}}`;
    case 6:
      return JSON.stringify(json, null, 1) ?? "";
    case 7:
      return text.slice(0, at) + String.fromCharCode(place % 128) + text.slice(at + 1);
    default:
      return text;
  }
});

test("whatever is copied is an event, and the row is the same; and nearly all events are copied", () => {
  const said = { event: 0, dead: 0, taken: 0 };
  fc.assert(
    fc.property(changedText, (text) => {
      const one = message(text);
      said[decodeSagaEvent(one).kind] += 1;
      if (isTakenRightly(one)) said.taken += 1;
    }),
    { numRuns: 10_000 },
  );
  assert.ok(said.event > 2_000 && said.dead > 2_000, JSON.stringify(said));
  assert.ok(said.taken > said.event * 0.8, JSON.stringify(said));
});

test("whatever a payload holds, it is stored as reading it stores it, and most are copied", () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.json({ maxDepth: 4, stringUnit: "grapheme" }), (json) => {
      if (isTakenRightly(message(line.replace('"data":{', () => `"data":{"payload":${json},`)))) taken += 1;
    }),
    { numRuns: 3_000 },
  );
  assert.ok(taken > 1_500, `${taken}`);
});

test("whatever lies before and behind a message in its batch, it comes to the same", () => {
  const near = fc.constantFrom("", line, '"', "}", '","id":"x"}', "0", "Z", " ", "\\", ":1}");
  fc.assert(
    fc.property(changedText, near, near, fc.nat(), (text, before, behind, cut) => {
      const value = Buffer.from(text).subarray(0, cut % 3 === 0 ? cut % (text.length + 1) : undefined);
      const alone = message(value);
      const source = Buffer.concat([Buffer.from(before), value, Buffer.from(behind)]);
      const among = { ...alone, source, sourceFrom: Buffer.byteLength(before) };
      assert.deepEqual(quick([among]), quick([alone]));
    }),
    { numRuns: 3_000 },
  );
});

test("every moment of every day is the one that JavaScript takes it for", () => {
  const moment = fc.tuple(
    fc.date({ noInvalidDate: true, min: new Date("1970-01-01T00:00:01Z"), max: new Date("2199-12-31T23:59:59.999Z") }),
    fc.nat(999_999),
  );
  fc.assert(
    fc.property(moment, moment, ([time, more], [started, moreOf]) => {
      const said = (date: Date, nanos: number) => date.toISOString().replace("Z", `${String(nanos).padStart(6, "0")}Z`);
      assert.ok(
        isTakenRightly(message(JSON.stringify(event({ time: said(time, more), sagastarted: said(started, moreOf) })))),
      );
    }),
    { numRuns: 2_000 },
  );
});
