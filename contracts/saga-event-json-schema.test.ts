import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SagaEvent } from "./saga-event.ts";
import { ajvSaysValid, schemaFile } from "./saga-event-by-ajv.ts";
import { sagaEventJsonSchema } from "./saga-event-json-schema.ts";

test("the JSON Schema is the one that the code gives: else npm run schema", () => {
  assert.deepEqual(schemaFile, JSON.parse(JSON.stringify(sagaEventJsonSchema())));
});

/** Text at the edges of what is taken: empty, at a limit, one over it, with what must not be in it. */
const edgeText = fc.oneof(
  fc.constantFrom("", "a", "\0", "\ud800", "\udc00x", "👟", "1.0", "ü"),
  fc.constantFrom(100, 101, 200, 201, 256, 257, 500, 501, 1000, 1001).map((length) => "x".repeat(length)),
  fc.string({ unit: "binary", maxLength: 40 }),
);
const edgeTime = fc.oneof(
  fc.constantFrom("2026-02-29T00:00:00Z", "2024-02-29T00:00:00z", "2026-01-01T00:00:00.123456789+01:00", "2026-01-01"),
  fc.date().map((date) => (Number.isNaN(date.getTime()) ? "never" : date.toISOString())),
);
/** Mostly what is right, and sometimes anything. */
const mostly = <T>(right: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: right, weight: 12 }, { arbitrary: fc.jsonValue({ maxDepth: 1 }), weight: 1 });
const name = fc.oneof(
  { arbitrary: fc.constantFrom("create-order", "Größe 👟"), weight: 4 },
  { arbitrary: edgeText, weight: 1 },
);
const time = fc.oneof(
  { arbitrary: fc.constant("2026-11-23T12:04:05.120Z"), weight: 4 },
  { arbitrary: edgeTime, weight: 1 },
);
const labels = fc.dictionary(
  fc.oneof(
    fc.constantFrom("orderId", "k".repeat(101), "a\0b"),
    fc.string({ minLength: 1, maxLength: 10 }).filter((key) => key !== "__proto__"),
  ),
  name,
  { maxKeys: 3, noNullPrototype: true },
);

const data = fc.record(
  {
    step: mostly(name),
    attempt: mostly(fc.constantFrom(1, 2, 65_535, 65_536, 0, 1.5)),
    compensates: mostly(name),
    serviceVersion: mostly(name),
    labels: mostly(labels),
    plan: mostly(fc.array(name, { maxLength: 3 })),
    deadline: mostly(time),
    error: mostly(
      fc.record({ code: mostly(name), message: name, retryable: mostly(fc.boolean()) }, { requiredKeys: ["code"] }),
    ),
    payload: fc.jsonValue(),
  },
  { requiredKeys: ["step", "compensates"] },
);
const schema = fc
  .oneof(
    { arbitrary: fc.constantFrom("", ":1"), weight: 24 },
    { arbitrary: fc.constantFrom(":", ":2", ":10", ":1\n", ":1\0", "s:2", "\ud800"), weight: 1 },
  )
  .map((version) => `urn:sagascope:saga-event${version}`);
const types = SagaEvent.options.flatMap((option) => option.shape.type.options);
const anyEvent = fc.record(
  {
    specversion: fc.constant("1.0"),
    dataschema: schema,
    id: mostly(name),
    source: name,
    type: fc.oneof({ arbitrary: fc.constantFrom(...types), weight: 20 }, { arbitrary: fc.string(), weight: 1 }),
    correlationid: name,
    causationid: name,
    subject: mostly(name),
    time: mostly(time),
    datacontenttype: name,
    sagatype: name,
    sagaversion: name,
    sagastarted: time,
    traceparent: mostly(fc.constant("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")),
    tracestate: name,
    data: mostly(data),
    partitionkey: fc.jsonValue({ maxDepth: 1 }),
  },
  {
    requiredKeys: ["specversion", "id", "source", "type", "correlationid", "time", "sagatype", "data"],
    noNullPrototype: true,
  },
);

test("the JSON Schema and the code say the same of any event", () => {
  const said = { valid: 0, invalid: 0 };
  fc.assert(
    fc.property(anyEvent, (event) => {
      const { success } = SagaEvent.safeParse(event);
      said[success ? "valid" : "invalid"] += 1;
      assert.equal(ajvSaysValid(event), success);
    }),
    { numRuns: 6000 },
  );
  assert.ok(said.valid > 200 && said.invalid > 200, "both kinds were tried");
});

test("of one label alone the JSON Schema says more: the code leaves it out, whatever it holds", () => {
  const labelled = (value: unknown) => ({
    specversion: "1.0",
    id: "a",
    source: "s",
    type: "saga.step.completed",
    correlationid: "c",
    time: "2026-11-23T12:04:05.120Z",
    sagatype: "t",
    data: { step: "x", labels: JSON.parse(`{"__proto__":${JSON.stringify(value)}}`) },
  });
  for (const value of ["ok", 5]) {
    assert.equal(ajvSaysValid(labelled(value)), value === "ok");
    const { data } = SagaEvent.parse(labelled(value));
    assert.deepEqual("labels" in data && data.labels, {});
  }
});

test("the JSON Schema and the code say the same of any JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => assert.equal(ajvSaysValid(value), SagaEvent.safeParse(value).success)),
  );
});
