import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Message } from "#ingest/message.ts";
import { message } from "#ingest/testing.ts";
import { mapMessage } from "./map-message.ts";
import { exampleMapping, topicMapping } from "./testing.ts";

const oneStep = "sagaType: order\nsagaId: $.id\nrules: [{ events: [{ type: saga.step.completed, step: pay }] }]";

/** The only event of a message. */
function onlyEvent(mapping: string, value: string, more: Partial<Message> = {}) {
  const mapped = mapMessage(topicMapping(mapping), message(value, { topic: "t", ...more }));
  assert.ok(mapped.kind === "events", JSON.stringify(mapped));
  assert.equal(mapped.events.length, 1);
  const [event] = mapped.events;
  assert.ok(event);
  // What is undefined is not there.
  return JSON.parse(JSON.stringify(event)) as typeof event;
}

/** One event of type `saga.started` that says this too. */
const started = (says: string) =>
  `sagaType: order\nsagaId: $.id\nrules: [{ events: [{ type: saga.started, ${says} }] }]`;

test("an event without any attribute of one gets its id by its place, its time and trace by the message", () => {
  const traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
  assert.deepEqual(onlyEvent(oneStep, '{"id":123,"amount":99.99}', { headers: { traceparent } }), {
    specversion: "1.0",
    id: "t-1-7-1770000000000",
    source: "/services/t",
    type: "saga.step.completed",
    correlationid: "123",
    time: "2026-02-02T02:40:00Z",
    sagatype: "order",
    sagaversion: "1",
    traceparent,
    data: { step: "pay", attempt: 1 },
  });
});

test("the replay of a dead letter comes to the events that its message would have come to", () => {
  const first = { topic: "t", partition: 1, offset: 7n, timeMs: 1_770_000_000_000 };
  const mapping = `labels: { place: "{partition}/{offset}" }\n${oneStep}`;
  const value = '{"id":123}';
  const headers = { "sagascope-replay-of": "t/1/7", "sagascope-replay-time": "1770000000000" };
  const again = { partition: 2, offset: 900n, timeMs: 1_780_000_000_000, headers };
  assert.deepEqual(onlyEvent(mapping, value, again), onlyEvent(mapping, value, first));
  const old = onlyEvent(oneStep, value, { ...again, headers: { "sagascope-replay-of": "t/1/7" } });
  assert.equal(old.id, "t-1-7-1780000000000");
  const others = onlyEvent(oneStep, value, { ...again, headers: { ...headers, "sagascope-replay-of": "u/1/7" } });
  assert.equal(others.id, "t-2-900-1780000000000");
});

const said = {
  sagaId: "order-{$.order.id}",
  sagaType: "{header:kind}",
  sagaVersion: "$.v",
  sagaStarted: "$.begun",
  id: "pay-{$.eventId}",
  time: "[$.nowhere, $.at]",
  service: "$['service.name']",
  serviceVersion: "$.build",
  subject: "order/{key}",
  causationId: "$.cause",
  traceparent: "$.trace",
  labels: "{ sku: '$.items[*].sku', paid: $.paid, none: $.nowhere, place: '{topic}/{partition}/{offset}' }",
  plan: "[charge, ship]",
  undoOrder: "reverse",
  deadlineAfter: "15m",
  payload: "$.order",
  type: "saga.compensation.{$.how}",
  step: "undo-{$.what}",
  compensates: "$.what",
  attempt: "$.try",
  error: "{ code: '{$.why.code}', message: $.why.text, retryable: $.why.again }",
};
const everything = {
  order: { id: 42 },
  v: 3,
  begun: 1_770_000_000,
  eventId: "e1",
  at: "2026-01-02 03:04:05.5",
  "service.name": "payments",
  build: "1.2.3",
  cause: "e0",
  trace: "00-0123456789abcdef0123456789abcdef-0123456789abcdef-00",
  items: [{ sku: "a" }, { sku: "b" }],
  paid: false,
  how: "failed",
  what: "charge",
  try: 2,
  why: { code: 502, text: "bad gateway", again: true },
};

test("an event says all that its mapping has it say", () => {
  const rule = Object.entries(said).map(
    ([name, value]) =>
      `        ${name}: ${value.startsWith("{") && name !== "labels" && name !== "error" ? `"${value}"` : value}`,
  );
  const mapping = `zone: "+01:00"\nrules:\n  - events:\n    -\n${rule.join("\n")}`;
  const event = onlyEvent(mapping, JSON.stringify(everything), { headers: { kind: Buffer.from("order") } });
  assert.deepEqual(event, {
    specversion: "1.0",
    id: "pay-e1",
    source: "/services/payments",
    type: "saga.compensation.failed",
    correlationid: "order-42",
    causationid: "e0",
    subject: "order/key",
    time: "2026-01-02T03:04:05.5+01:00",
    sagatype: "order",
    sagaversion: "3",
    sagastarted: "2026-02-02T02:40:00Z",
    traceparent: everything.trace,
    data: {
      step: "undo-charge",
      attempt: 2,
      compensates: "charge",
      serviceVersion: "1.2.3",
      labels: { sku: "a,b", paid: "false", place: "t/1/7" },
      plan: ["charge", "ship"],
      undoOrder: "reverse",
      deadline: "2026-01-02T02:19:05.500Z",
      error: { code: "502", message: "bad gateway", retryable: true },
      payload: { id: 42 },
    },
  });
});

test("what is said nearer to the event counts, and labels add up", () => {
  const mapping = `
sagaType: order
sagaId: $.a
service: far
labels: { a: $.a, b: far }
rules:
  - service: nearer
    labels: { b: nearer, c: nearer }
    events: [{ type: saga.started, sagaId: $.b, labels: { c: nearest } }]`;
  const event = onlyEvent(mapping, '{"a":1,"b":2}');
  assert.deepEqual([event.correlationid, event.source], ["2", "/services/nearer"]);
  assert.deepEqual(event.data.labels, { a: "1", b: "nearer", c: "nearest" });
});

test("events of one message come in their order, with ids of their own", () => {
  const rules =
    "rules: [{ events: [{ type: saga.started }, { type: saga.step.started, step: a }, { type: saga.completed }] }]";
  for (const [id, expected] of [
    ["", ["t-1-7-1770000000000", "t-1-7-1770000000000-2", "t-1-7-1770000000000-3"]],
    ["id: $.eventId\n", ["e", "e-2", "e-3"]],
  ] as const) {
    const mapping = topicMapping(`${id}sagaType: order\nsagaId: "{key}"\n${rules}`);
    const mapped = mapMessage(mapping, message('{"eventId":"e"}', { topic: "t" }));
    assert.ok(mapped.kind === "events");
    assert.deepEqual(
      mapped.events.map((event) => event.id),
      expected,
    );
  }
});

for (const { name, id = "$.id", value, key = null, sagaId } of [
  { name: "a number", value: '{"id":123}', sagaId: "123" },
  { name: "a number longer than a double holds", value: '{"id":1764000000123456789}', sagaId: "1764000000123456789" },
  { name: "text of digits", value: '{"id":"0042"}', sagaId: "0042" },
  { name: "the key", id: "'{key}'", value: "{}", key: Buffer.from("k-1"), sagaId: "k-1" },
  { name: "of a key that is JSON", id: "'{key:$.id}'", value: "{}", key: Buffer.from('{"id":7}'), sagaId: "7" },
  { name: "of JSON in text", value: JSON.stringify('{"id":5}'), sagaId: "5" },
  {
    name: "of a filter",
    id: "$.ids[?@.type == 'order'].id",
    value: '{"ids":[{"type":"user","id":1},{"type":"order","id":2}]}',
    sagaId: "2",
  },
  {
    name: "the first that is there",
    id: "[$.orderId, $.order_id, none]",
    value: '{"orderId":null,"order_id":9}',
    sagaId: "9",
  },
])
  test(`a saga's id is ${name}`, () => {
    const mapping = `sagaType: order\nsagaId: ${id}\nrules: [{ events: [{ type: saga.started }] }]`;
    assert.equal(onlyEvent(mapping, value, { key }).correlationid, sagaId);
  });

for (const number of [
  "123",
  "1.10",
  "123.0",
  "1e3",
  "1E+3",
  "1e400",
  "-0",
  "-0.0",
  "0.0000001",
  "12345678901234567",
  "0.5",
])
  test(`the number ${number} becomes text as it is written, wherever it stands`, () => {
    const values = ["$.n", "$.list[0].n", "$.list[1]", "$..only", "{key:$}", "{key:$.n}"];
    for (const value of values) {
      const mapping = started(`subject: "${value}"`);
      const text = `{ "id": 1, "n":${number}, "list": [{"n": ${number} }, [1.0,${number}]], "a": {"b": [{"only": ${number}}]} }`;
      const key = Buffer.from(value === "{key:$}" ? number : text);
      const wanted = value === "$.list[1]" ? `1.0,${number}` : number;
      assert.equal(onlyEvent(mapping, text, { key }).subject, wanted, value);
    }
    assert.equal(onlyEvent(started("subject: $.n"), JSON.stringify(`{"id":1,"n":${number}}`)).subject, number);
  });

test("a number is a number where one is wanted, however it is written", () => {
  const text = '{"id":1,"at":1.764E9,"n":2.0,"price":1.10,"kept":{"price":1.10}}';
  const mapping = oneStep.replace("step: pay", "step: pay, attempt: $.n, time: $.at, payload: $.kept");
  const event = onlyEvent(mapping, text);
  assert.equal(event.time, "2025-11-24T16:00:00Z");
  assert.deepEqual(event.data, { step: "pay", attempt: 2, payload: { price: 1.1 } });
});

for (const { name, when, value = '{"type":"OrderCreated","code":404,"ok":true,"error":null}', holds } of [
  { name: "equal text", when: "{ $.type: OrderCreated }", holds: true },
  { name: "other text", when: "{ $.type: OrderPaid }", holds: false },
  { name: "a number, and a flag", when: "{ $.code: 404, $.ok: true }", holds: true },
  {
    name: "a number that is written otherwise",
    when: "{ $.code: 404, $.price: 1.10 }",
    value: '{"code":404.0,"price":1.10}',
    holds: true,
  },
  { name: "a number by its text", when: "{ $.price: '1.10' }", value: '{"price":1.10}', holds: true },
  {
    name: "a number in a filter",
    when: "{ '$.lines[?@.price < 2]': { exists: true } }",
    value: '{"lines":[{"price":1.10}]}',
    holds: true,
  },
  { name: "one of several", when: "{ $.type: [OrderPaid, OrderCreated] }", holds: true },
  { name: "none of several", when: "{ $.type: { not: [OrderPaid, OrderCreated] } }", holds: false },
  { name: "what is absent is not it", when: "{ $.nowhere: { not: x } }", holds: true },
  { name: "what is there", when: "{ $.type: { exists: true } }", holds: true },
  { name: "null is not there", when: "{ $.error: { exists: false } }", holds: true },
  { name: "an object is there", when: "{ $: { exists: true } }", holds: true },
  { name: "all have to hold", when: "{ $.type: OrderCreated, $.code: 500 }", holds: false },
  { name: "the header", when: "{ header:type: [a, b] }", holds: true },
  { name: "a header that is not there", when: "{ header:other: { exists: false } }", holds: true },
  { name: "the topic", when: "{ topic: t }", holds: true },
  { name: "any of a list", when: '{ "$.tags[*]": vip }', value: '{"tags":["new","vip"]}', holds: true },
])
  test(`when: ${name}`, () => {
    const mapping = `sagaType: order\nsagaId: "{offset}"\nrules: [{ when: ${when}, events: [{ type: saga.started }] }]`;
    const mapped = mapMessage(topicMapping(mapping), message(value, { topic: "t", headers: { type: "b" } }));
    assert.equal(mapped.kind, holds ? "events" : "dead");
  });

for (const { name, mapping = oneStep, value, timeMs = 1_770_000_000_000, reason, says } of [
  {
    name: "no rule",
    mapping: started("step: a").replace("events", "when: { $.type: x }, events"),
    value: "{}",
    reason: "no_mapping",
    says: /No rule for t/,
  },
  { name: "no value", value: null, reason: "tombstone", says: /no value/ },
  { name: "what is not JSON", value: "nope", reason: "not_json", says: /JSON/ },
  { name: "bytes that are no text", value: Buffer.from([0xff]), reason: "bad_utf8", says: /UTF-8/ },
  { name: "no saga id", value: '{"order":1}', reason: "bad_schema", says: /sagaId: there is no \$\.id/ },
  {
    name: "an object in a list for an id",
    value: '{"id":["a",{"b":1}]}',
    reason: "bad_schema",
    says: /\$\.id holds an object/,
  },
  {
    name: "a list in a list for an id",
    value: '{"id":["a",["b"]]}',
    reason: "bad_schema",
    says: /\$\.id holds a list/,
  },
  { name: "an empty id", value: '{"id":""}', reason: "bad_schema", says: /^sagaId: \$\.id is empty$/ },
  { name: "an empty list for an id", value: '{"id":[]}', reason: "bad_schema", says: /^sagaId: \$\.id is empty$/ },
  { name: "an id that is null", value: '{"id":null}', reason: "bad_schema", says: /^sagaId: \$\.id is empty$/ },
  {
    name: "of several ids none",
    mapping: oneStep.replace("$.id", "[$.a, 'x-{$.b}', '{header:c}']"),
    value: '{"b":""}',
    reason: "bad_schema",
    says: /^sagaId: there is no \$\.a, nor \{header:c\}, and x-\{\$\.b\} is empty$/,
  },
  { name: "an object for an id", value: '{"id":{"a":1}}', reason: "bad_schema", says: /\$\.id is an object/ },
  {
    name: "a long id",
    value: `{"id":"${"x".repeat(300)}"}`,
    reason: "bad_schema",
    says: /event 1 of its rule.*sagaId/,
  },
  { name: "a lone surrogate", value: '{"id":"\\ud800"}', reason: "bad_text", says: /sagaId/ },
  {
    name: "a time that is none",
    mapping: started("time: $.at"),
    value: '{"id":1,"at":"yesterday"}',
    reason: "bad_time",
    says: /time: "yesterday"/,
  },
  {
    name: "a time without a zone",
    mapping: started("time: $.at"),
    value: '{"id":1,"at":"2026-01-02T03:04:05"}',
    reason: "bad_time",
    says: /zone/,
  },
  { name: "a message without a timestamp", value: '{"id":1}', timeMs: -1, reason: "bad_time", says: /timestamp/ },
  {
    name: "a type that is none",
    mapping: started("x: 1").replace("saga.started, x: 1", "'{$.type}'"),
    value: '{"id":1,"type":"created"}',
    reason: "unknown_type",
    says: /created/,
  },
  {
    name: "half an attempt",
    mapping: oneStep.replace("step: pay", "step: pay, attempt: $.n"),
    value: '{"id":1,"n":1.5}',
    reason: "bad_schema",
    says: /attempt/,
  },
  {
    name: "a value with a number of its own kind nested too deeply",
    value: `${"[".repeat(50_000)}1.10${"]".repeat(50_000)}`,
    reason: "bad_schema",
    says: /deep/,
  },
  {
    name: "a value nested too deeply",
    mapping: oneStep.replace("$.id", "$..id"),
    value: `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
    reason: "bad_schema",
    says: /deep/,
  },
])
  test(`${name} is dead as ${reason}`, () => {
    const mapped = mapMessage(topicMapping(mapping), message(value, { topic: "t", timeMs }));
    assert.ok(mapped.kind === "dead", JSON.stringify(mapped));
    assert.equal(mapped.reason, reason);
    assert.match(mapped.detail, says);
  });

test("what no rule takes, and deletions, are ignored where the mapping says so; garbage is not", () => {
  const mapping = topicMapping(`otherwise: ignore\n${oneStep.replace("events", "when: { $.a: 1 }, events")}`);
  const kindOf = (value: string | null) => mapMessage(mapping, message(value)).kind;
  assert.deepEqual(['{"id":1}', null, "garbage"].map(kindOf), ["ignored", "ignored", "dead"]);
});

test("a rule without events ignores what it takes", () => {
  assert.equal(mapMessage(topicMapping("rules: [{ events: [] }]"), message("{}")).kind, "ignored");
});

test("whatever JSON it is given, a message comes to events that keep the contract, or to a reason", () => {
  const [orders, payments] = exampleMapping("order-topics.yaml").topics;
  assert.ok(orders && payments);
  const wild = topicMapping(
    "sagaType: $..*\nsagaId: $..id\nlabels: { a: $.*, b: '$..[0]' }\nrules: [{ events: [{ type: '{$.type}', step: $, payload: $ }] }]",
  );
  const like = fc.record(
    {
      order_id: fc.jsonValue(),
      status: fc.jsonValue(),
      payment: fc.jsonValue(),
      id: fc.jsonValue(),
      type: fc.constantFrom("saga.started", 1),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), like), fc.constantFrom(orders, payments, wild), (value, mapping) => {
      const sent = message(JSON.stringify(value));
      const mapped = mapMessage(mapping, sent);
      assert.deepEqual(mapMessage(mapping, sent), mapped);
      if (mapped.kind === "dead") assert.ok(mapped.detail.isWellFormed() && mapped.detail.length > 0);
    }),
    { numRuns: 500 },
  );
});
