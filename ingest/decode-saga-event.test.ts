import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeSagaEvent } from "./decode-saga-event.ts";
import { maxEventBytes } from "./read-text.ts";
import { event, message } from "./testing.ts";

const json = (more: Record<string, unknown>) => JSON.stringify(event(more));

for (const { name, value, reason, says } of [
  { name: "a tombstone", value: null, reason: "tombstone", says: /no value/ },
  { name: "what is not JSON", value: "{nope", reason: "not_json", says: /JSON/ },
  { name: "an empty value", value: "", reason: "not_json", says: /JSON/ },
  { name: "bytes that are not UTF-8", value: Buffer.from([0x7b, 0xff, 0x7d]), reason: "bad_utf8", says: /UTF-8/ },
  { name: "ten megabytes", value: Buffer.alloc(10_000_000, 0x20), reason: "too_large", says: /10000000 bytes/ },
  { name: "a list", value: "[]", reason: "bad_schema", says: /./ },
  { name: "an unknown type", value: json({ type: "order.created" }), reason: "unknown_type", says: /type/ },
  { name: "no type", value: json({ type: undefined }), reason: "unknown_type", says: /type/ },
  {
    name: "another specversion",
    value: json({ specversion: "0.3" }),
    reason: "unknown_version",
    says: /"0\.3".*"1\.0"/,
  },
  {
    name: "a later version",
    value: json({ dataschema: "urn:sagascope:saga-event:2" }),
    reason: "unknown_version",
    says: /"urn:sagascope:saga-event:2".*urn:sagascope:saga-event:1.*Upgrade the ingest and replay/,
  },
  {
    name: "a later version that has other types, times and data",
    value: json({ dataschema: "urn:sagascope:saga-event:2", type: "saga.paused", time: 5, data: [] }),
    reason: "unknown_version",
    says: /:2/,
  },
  {
    name: "a version by no number",
    value: json({ dataschema: "urn:sagascope:saga-event:" }),
    reason: "unknown_version",
    says: /:"/,
  },
  { name: "no specversion", value: json({ specversion: undefined }), reason: "bad_schema", says: /specversion/ },
  { name: "a number for a specversion", value: json({ specversion: 1 }), reason: "bad_schema", says: /specversion/ },
  { name: "a dataschema that is no text", value: json({ dataschema: {} }), reason: "bad_schema", says: /dataschema/ },
  { name: "NUL in a dataschema", value: json({ dataschema: "a\0" }), reason: "bad_text", says: /dataschema/ },
  { name: "a number for an id", value: json({ id: 5 }), reason: "bad_schema", says: /id/ },
  { name: "the year 9999", value: json({ time: "9999-12-31T23:59:59Z" }), reason: "bad_time", says: /time/ },
  { name: "a thirteenth month", value: json({ time: "2026-13-01T00:00:00Z" }), reason: "bad_time", says: /time/ },
  { name: "a number for a time", value: json({ time: 1 }), reason: "bad_schema", says: /time/ },
  {
    name: "a bad deadline",
    value: json({ data: { step: "a", deadline: "soon" } }),
    reason: "bad_time",
    says: /data.deadline/,
  },
  { name: "a lone surrogate", value: json({ subject: "\ud800" }), reason: "bad_text", says: /subject/ },
  { name: "no step", value: json({ data: {} }), reason: "bad_schema", says: /step/ },
])
  test(`${name} is dead as ${reason}`, () => {
    const decoded = decodeSagaEvent(message(value));
    assert.ok(decoded.kind === "dead");
    assert.equal(decoded.reason, reason);
    assert.match(decoded.detail, says);
  });

test("a structured event is read", () => {
  const decoded = decodeSagaEvent(message(json({})));
  assert.ok(decoded.kind === "event");
  assert.equal(decoded.event.correlationid, "order-1");
});

for (const dataschema of ["urn:sagascope:saga-event", "urn:sagascope:saga-event:1", "https://example.com/order/2", ""])
  test(`an event of the schema ${JSON.stringify(dataschema)} is read`, () => {
    assert.equal(decodeSagaEvent(message(json({ dataschema }))).kind, "event");
  });

test("the version of a binary event is read from its header", () => {
  const { data, ...attributes } = event({ dataschema: "urn:sagascope:saga-event:2" });
  const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, String(value)]));
  const decoded = decodeSagaEvent(message(JSON.stringify(data), { headers }));
  assert.equal(decoded.kind === "dead" && decoded.reason, "unknown_version");
});

test("a binary event is read from its headers", () => {
  const { data, ...attributes } = event();
  const headers = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`ce_${name}`, Buffer.from(String(value))]),
  );
  const decoded = decodeSagaEvent(
    message(JSON.stringify(data), { headers: { ...headers, "content-type": "application/json" } }),
  );
  assert.ok(decoded.kind === "event");
  assert.deepEqual(decoded.event, {
    ...event(),
    datacontenttype: "application/json",
    data: { step: "charge-payment", attempt: 1 },
  });
});

test("no bytes make it throw", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeSagaEvent(message(Buffer.from(bytes)))));
  fc.assert(fc.property(fc.json({ noUnicodeString: false }), (text) => void decodeSagaEvent(message(text))));
});

test("no change to one attribute makes it throw, and each death has its words", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(event())), fc.jsonValue(), (name, value) => {
      const decoded = decodeSagaEvent(message(json({ [name]: value })));
      assert.ok(decoded.kind === "event" || decoded.detail.length > 0);
    }),
  );
});

test("the limit itself is taken", () => {
  const text = json({});
  assert.equal(decodeSagaEvent(message(text.padEnd(maxEventBytes))).kind, "event");
  assert.equal(decodeSagaEvent(message(text.padEnd(maxEventBytes + 1))).kind, "dead");
});
