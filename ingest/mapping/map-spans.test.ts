import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Mapping } from "#contracts/mapping/mapping.ts";
import { encodeProtobuf } from "#contracts/otlp/codec.ts";
import { message } from "#ingest/testing.ts";
import { parseYaml } from "#lib/yaml.ts";
import { mapSpans } from "./map-spans.ts";
import { exampleMapping, spanRequest, type TestSpan } from "./testing.ts";

function spanMapping(yaml = "spans: { sagaType: order }") {
  const { spans } = parseYaml(Mapping, yaml, "test.yaml");
  assert.ok(spans);
  return spans;
}

/** The events that a span comes to, what matters of each. */
function told(span: TestSpan, mapping = spanMapping()) {
  return mapSpans(mapping, message(JSON.stringify(spanRequest([span])), { topic: "otlp_spans" })).flatMap((mapped) => {
    assert.ok(mapped.kind === "events", JSON.stringify(mapped));
    return mapped.events.map(({ type, time, data }) => ({ type, time, ...JSON.parse(JSON.stringify(data)) }));
  });
}

const start = "2025-11-24T16:00:00.123456789Z";
const end = "2025-11-24T16:00:01.123456789Z";
const step = { "saga.id": "s1", "saga.step": "charge" };
const data = { step: "charge", attempt: 1 };

for (const { name, span, mapping, events } of [
  { name: "of no saga", span: { attributes: { "order.id": "1" } }, events: [] },
  { name: "of a saga and no step", span: { attributes: { "saga.id": "s1" } }, events: [] },
  {
    name: "of a step",
    span: { attributes: step },
    events: [
      { type: "saga.step.started", time: start, ...data },
      { type: "saga.step.completed", time: end, ...data },
    ],
  },
  {
    name: "that has not ended",
    span: { attributes: step, endTimeUnixNano: "0" },
    events: [{ type: "saga.step.started", time: start, ...data }],
  },
  {
    name: "that failed with an exception",
    span: {
      attributes: { ...step, "saga.attempt": 2 },
      status: { code: 2, message: "no" },
      exceptions: [
        { "exception.type": "First" },
        { "exception.type": "CardDeclined", "exception.message": "no money" },
      ],
    },
    events: [
      { type: "saga.step.started", time: start, step: "charge", attempt: 2 },
      {
        type: "saga.step.failed",
        time: end,
        step: "charge",
        attempt: 2,
        error: { code: "CardDeclined", message: "no money", retryable: false },
      },
    ],
  },
  {
    name: "that failed without one",
    span: { attributes: { ...step, "error.type": "timeout" }, status: { code: 2, message: "too slow" } },
    events: [
      { type: "saga.step.started", time: start, ...data },
      {
        type: "saga.step.failed",
        time: end,
        ...data,
        error: { code: "timeout", message: "too slow", retryable: false },
      },
    ],
  },
  {
    name: "that undoes, and is called so",
    span: { attributes: { "saga.id": "s1", "saga.compensates": "charge" }, name: "refund" },
    events: [
      { type: "saga.compensation.started", time: start, step: "refund", attempt: 1, compensates: "charge" },
      { type: "saga.compensation.completed", time: end, step: "refund", attempt: 1, compensates: "charge" },
    ],
  },
  {
    name: "that says how the saga ended",
    span: { attributes: { "saga.id": "s1", "saga.outcome": "failed" }, status: { code: 2, message: "stuck" } },
    events: [{ type: "saga.failed", time: end, error: { code: "error", message: "stuck", retryable: false } }],
  },
  {
    name: "of the first step",
    span: { attributes: step },
    mapping: "spans: { sagaType: order, startedBy: [charge] }",
    events: [
      { type: "saga.started", time: start },
      { type: "saga.step.started", time: start, ...data },
      { type: "saga.step.completed", time: end, ...data },
    ],
  },
  {
    name: "of the last step",
    span: { attributes: step },
    mapping: "spans: { sagaType: order, completedAfter: [charge] }",
    events: [
      { type: "saga.step.started", time: start, ...data },
      { type: "saga.step.completed", time: end, ...data },
      { type: "saga.completed", time: end },
    ],
  },
  {
    name: "of the last step, failed",
    span: { attributes: step, status: { code: 2 } },
    mapping: "spans: { sagaType: order, completedAfter: [charge] }",
    events: [
      { type: "saga.step.started", time: start, ...data },
      { type: "saga.step.failed", time: end, ...data, error: { code: "error", message: "", retryable: false } },
    ],
  },
  {
    name: "with attributes of other names, and labels",
    span: { attributes: { process: 7, activity: "charge", "order.id": 123 } },
    mapping:
      "spans: { sagaType: order, attributes: { sagaId: process, step: activity }, labels: { orderId: order.id, none: no } }",
    events: [
      { type: "saga.step.started", time: start, ...data, labels: { orderId: "123" } },
      { type: "saga.step.completed", time: end, ...data, labels: { orderId: "123" } },
    ],
  },
  {
    name: "of a service that is not asked for",
    span: { attributes: step },
    mapping: "spans: { sagaType: order, services: [orders] }",
    events: [],
  },
])
  test(`a span ${name}`, () => assert.deepEqual(told(span, spanMapping(mapping)), events));

test("an event says by which span it was told, in both encodings, and the same each time", () => {
  const request = spanRequest([{ attributes: { ...step, "saga.type": "trip", "saga.version": "7" } }], {
    "service.version": "1.2",
  });
  const inBytes = JSON.parse(JSON.stringify(request), (key, value) =>
    key === "spanId" || key === "traceId" ? Buffer.from(value, "hex") : value,
  );
  const [first, second] = [JSON.stringify(request), Buffer.from(encodeProtobuf("traces", inBytes))].map((value) =>
    mapSpans(spanMapping(), message(value)),
  );
  assert.deepEqual(first, second);
  assert.ok(first?.[0]?.kind === "events");
  const [event] = first[0].events;
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  assert.equal(event?.id, `${traceId}-b7ad6b7169203331-saga.step.started`);
  assert.equal(event?.source, "/services/payments");
  assert.equal(event?.traceparent, `00-${traceId}-b7ad6b7169203331-01`);
  assert.deepEqual([event?.sagatype, event?.sagaversion, event?.data.serviceVersion], ["trip", "7", "1.2"]);
});

test("a span that makes no event of the contract is dead by itself, and says why", () => {
  const request = spanRequest([
    { attributes: { ...step, "saga.outcome": "lost" } },
    { attributes: { ...step, "saga.attempt": 0 } },
    { attributes: step },
  ]);
  const mapped = mapSpans(spanMapping(), message(JSON.stringify(request)));
  assert.deepEqual(
    mapped.map((one) => (one.kind === "dead" ? one.reason : one.kind)),
    ["unknown_type", "bad_schema", "events"],
  );
  const alone = spanRequest([{ attributes: { ...step, "saga.attempt": 0 } }]);
  assert.deepEqual(mapped[1]?.kind === "dead" && JSON.parse(String(mapped[1].span)), JSON.parse(JSON.stringify(alone)));
  const untyped = mapSpans(spanMapping("spans: {}"), message(JSON.stringify(spanRequest([{ attributes: step }]))));
  assert.ok(untyped[0]?.kind === "dead");
  assert.match(untyped[0].detail, /sagatype/);
});

test("nothing on the topic makes it throw", () => {
  const { spans } = exampleMapping("spans.yaml");
  assert.ok(spans);
  const broken = fc.jsonValue().map((value) =>
    JSON.stringify({
      resourceSpans: [
        {
          scopeSpans: [{ spans: [value, { attributes: [{ key: "saga.id", value: { stringValue: "s" } }, value] }] }],
        },
      ],
    }),
  );
  const bytes = fc.uint8Array().map((random) => Buffer.concat([Buffer.from("saga.id"), random]));
  fc.assert(fc.property(fc.oneof(broken, bytes), (value) => void mapSpans(spans, message(value))));
  assert.deepEqual(mapSpans(spans, message(null)), []);
});
