import assert from "node:assert/strict";
import { test } from "node:test";
import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { SagaId } from "#contracts/ids.ts";
import { SagaEvent } from "#contracts/saga-event.ts";
import { sagaEventMessage } from "./outbox.ts";
import { causedBy, type SagaContext } from "./saga-context.ts";
import { createSagaEmitter } from "./saga-emitter.ts";

const saga: SagaContext = {
  sagaId: SagaId.parse("order-7"),
  sagaType: "order-fulfilment",
  sagaVersion: "3",
  sagaStarted: "2026-01-01T00:00:00.000Z",
};

const emit = createSagaEmitter({ source: "/services/payments", serviceVersion: "1.2.3" });

test("an event carries its saga's context, its service and its version", () => {
  const event = emit(saga, { type: "saga.step.started", subject: "order/7", data: { step: "charge-payment" } });
  assert.equal(event.correlationid, "order-7");
  assert.equal(event.sagatype, "order-fulfilment");
  assert.equal(event.sagaversion, "3");
  assert.equal(event.sagastarted, saga.sagaStarted);
  assert.equal(event.source, "/services/payments");
  assert.deepEqual(event.data, { serviceVersion: "1.2.3", step: "charge-payment", attempt: 1 });
  assert.equal(event.causationid, undefined);
  assert.equal(event.traceparent, undefined);
});

test("what follows names its cause, and no two events share an id", () => {
  const first = emit(saga, { type: "saga.started", data: { plan: ["a"] } });
  const second = emit(causedBy(saga, first), { type: "saga.step.started", data: { step: "a" } });
  assert.equal(second.causationid, first.id);
  assert.notEqual(second.id, first.id);
  assert.ok(second.time > first.time);
});

test("the active span is the event's trace", () => {
  new NodeTracerProvider().register();
  const span = trace.setSpanContext(ROOT_CONTEXT, { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 });
  const event = context.with(span, () => emit(saga, { type: "saga.completed", data: {} }));
  assert.equal(event.traceparent, `00-${"1".repeat(32)}-${"2".repeat(16)}-01`);
  assert.equal(sagaEventMessage(event).headers.traceparent, event.traceparent);
  context.disable();
});

test("a body that breaks the contract is refused where it is written", () => {
  assert.throws(() => emit(saga, { type: "saga.step.started", data: { step: "" } }));
  assert.throws(() => emit(saga, { type: "saga.step.failed", data: { step: "a", attempt: 0 } }));
  assert.throws(() => emit(saga, { type: "saga.step.started", data: { step: "\ud800" } }));
});

test("the message is keyed by the saga and reads back as the same event", () => {
  const event = emit(saga, {
    type: "saga.compensation.failed",
    data: {
      step: "refund-payment",
      compensates: "charge-payment",
      error: { code: "closed", message: "m", retryable: false },
    },
  });
  const message = sagaEventMessage(event);
  assert.equal(message.topic, "saga.events");
  assert.equal(message.key, "order-7");
  assert.equal(message.headers["content-type"], "application/cloudevents+json");
  assert.deepEqual(SagaEvent.parse(JSON.parse(message.value)), event);
});
