import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { maxEventBytes } from "#ingest/read-text.ts";
import { event, message } from "#ingest/testing.ts";
import { decodeSagaEvent } from "./decode-saga-event.ts";

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
  {
    name: "an error whose message is no text",
    value: json({ data: { step: "a", error: { code: "c", message: 5 } } }),
    reason: "bad_schema",
    says: /^data\.error\.message: /,
  },
  {
    name: "an error without a code",
    value: json({ data: { step: "a", error: { message: "no" } } }),
    reason: "bad_schema",
    says: /^data\.error\.code: /,
  },
  {
    name: "a payload with a number in a million lists",
    value: json({ data: { step: "a", payload: 0 } }).replace(
      '"payload":0',
      `"payload":${"[".repeat(400_000)}1.50${"]".repeat(400_000)}`,
    ),
    reason: "bad_schema",
    says: /nested too deeply/,
  },
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

const binary = (more: Record<string, Buffer> = {}) => {
  const { data: _, ...attributes } = event({ type: "saga.started" });
  const headers = Object.entries(attributes).map(([name, value]) => [`ce_${name}`, Buffer.from(String(value))]);
  return { headers: { ...Object.fromEntries(headers), ...more } };
};

test("a binary event without data has no value", () => {
  const decoded = decodeSagaEvent(message(null, binary()));
  assert.ok(decoded.kind === "event");
  assert.deepEqual(decoded.event.data, {});
});

test("binary events whose ids are not UTF-8 are not taken for one", () => {
  const decoded = decodeSagaEvent(message("{}", binary({ ce_id: Buffer.from([0x61, 0xff]) })));
  assert.ok(decoded.kind === "dead");
  assert.deepEqual([decoded.reason, decoded.detail], ["bad_utf8", "The header ce_id is not UTF-8."]);
});

test("a header does not stand for the data", () => {
  const decoded = decodeSagaEvent(message('{"serviceVersion":"2"}', binary({ ce_data: Buffer.from("x") })));
  assert.ok(decoded.kind === "event");
  assert.equal(decoded.event.data.serviceVersion, "2");
});

const payload = '{"n":12345678901234567890,"f":1.10,"e":1e400}';
const withPayload = `{"step":"a","attempt":1.0,"payload":${payload}}`;
for (const [name, one] of Object.entries({
  structured: message(json({}).replace('{"step":"charge-payment"}', withPayload)),
  binary: message(withPayload, binary({ ce_type: Buffer.from("saga.step.started") })),
}))
  test(`numbers of a ${name} event's payload stay as they were written`, () => {
    const decoded = decodeSagaEvent(one);
    assert.ok(decoded.kind === "event");
    assert.equal(JSON.stringify(decoded.event.data.payload), payload);
    assert.equal("attempt" in decoded.event.data && decoded.event.data.attempt, 1);
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
