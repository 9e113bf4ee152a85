import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventId, SagaId } from "#contracts/ids.ts";
import { readSagaHeaders, readTraceHeaders, sagaHeaders, textHeaders } from "./context-headers.ts";
import type { SagaContext } from "./saga-context.ts";

const name = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 50 });

const contexts: fc.Arbitrary<SagaContext> = fc
  .record({
    sagaId: name,
    sagaType: name,
    sagaVersion: name,
    sagaStarted: fc.date({ min: new Date("2001-01-01"), max: new Date("2199-01-01"), noInvalidDate: true }),
    causationId: fc.option(name, { nil: undefined }),
  })
  .map(({ sagaId, sagaStarted, causationId, ...rest }) => ({
    ...rest,
    sagaId: SagaId.parse(sagaId),
    sagaStarted: sagaStarted.toISOString(),
    ...(causationId !== undefined && { causationId: EventId.parse(causationId) }),
  }));

test("a saga context survives the round trip through Kafka's headers", () => {
  fc.assert(
    fc.property(contexts, (saga) => {
      const onKafka = Object.fromEntries(
        Object.entries(sagaHeaders(saga)).map(([key, value]) => [key, Buffer.from(value)]),
      );
      assert.deepEqual(readSagaHeaders(textHeaders(onKafka)), { kind: "context", saga });
    }),
  );
});

const whole = { sagaid: "order-1", sagatype: "t", sagaversion: "1", sagastarted: "2026-01-01T00:00:00Z" };
for (const { title, headers, kind } of [
  { title: "no headers are no context", headers: {}, kind: "absent" },
  { title: "headers of others are no context", headers: { "content-type": "x" }, kind: "absent" },
  { title: "a context without its start is malformed", headers: { ...whole, sagastarted: "" }, kind: "malformed" },
  { title: "a context without its type is malformed", headers: { sagaid: "order-1" }, kind: "malformed" },
  {
    title: "a start in the year 9999 is malformed",
    headers: { ...whole, sagastarted: "9999-01-01T00:00:00Z" },
    kind: "malformed",
  },
  { title: "a whole one is read", headers: whole, kind: "context" },
]) {
  test(title, () => assert.equal(readSagaHeaders(headers).kind, kind));
}

test("Kafka's headers become text: names in lower case, the first of many", () => {
  assert.deepEqual(textHeaders({ SagaId: [Buffer.from("a"), Buffer.from("b")], x: "y", gone: undefined }), {
    sagaid: "a",
    x: "y",
  });
  assert.deepEqual(textHeaders(undefined), {});
});

test("a traceparent that is not one links to nothing", () => {
  assert.equal(readTraceHeaders({ traceparent: "garbage" }), undefined);
});
