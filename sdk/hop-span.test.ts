import assert from "node:assert/strict";
import { test } from "node:test";
import { context, SpanKind, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { traceHeaders } from "./context-headers.ts";
import { inProcessSpan, startSendSpan } from "./hop-span.ts";
import type { IncomingMessage } from "./incoming-message.ts";

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
const tracer = provider.getTracer("test");

function messageWith(headers: Record<string, string>): IncomingMessage {
  return {
    topic: "orders.events",
    partition: 1,
    offset: "42",
    key: "order-7",
    value: Buffer.from("{}"),
    headers,
    id: "m1",
  };
}

test("each hop is a trace of its own, linked to the span that sent the message", async () => {
  exporter.reset();
  const handler = tracer.startSpan("handler");
  const written = traceHeaders(trace.setSpan(context.active(), handler));
  const send = startSendSpan({
    topic: "orders.events",
    key: "order-7",
    headers: { ...written, messageid: "m1", sagaid: "order-7" },
  });
  send.end();
  handler.end();
  const around = tracer.startSpan("around");
  await context.with(trace.setSpan(context.active(), around), () =>
    inProcessSpan(messageWith({ ...send.headers }), { group: "g" }, async () => {
      tracer.startSpan("inside").end();
    }),
  );
  const byName = new Map(exporter.getFinishedSpans().map((span) => [span.name, span]));
  const sent = byName.get("send orders.events");
  const processed = byName.get("process orders.events");
  const inside = byName.get("inside");
  assert.ok(sent && processed && inside);
  assert.equal(sent.parentSpanContext?.spanId, handler.spanContext().spanId);
  assert.equal(sent.kind, SpanKind.PRODUCER);
  assert.equal(processed.kind, SpanKind.CONSUMER);
  assert.equal(processed.parentSpanContext, undefined);
  assert.notEqual(processed.spanContext().traceId, sent.spanContext().traceId);
  assert.deepEqual(
    processed.links.map((link) => link.context.spanId),
    [sent.spanContext().spanId],
  );
  assert.equal(inside.spanContext().traceId, processed.spanContext().traceId);
  assert.equal(processed.attributes["saga.id"], "order-7");
  assert.equal(processed.attributes["messaging.kafka.offset"], 42);
});

test("a message without a trace begins one without links", async () => {
  exporter.reset();
  await inProcessSpan(messageWith({ traceparent: "garbage" }), { group: "g" }, async () => {});
  assert.deepEqual(exporter.getFinishedSpans()[0]?.links, []);
});

test("a handler's error marks the span and comes through", async () => {
  exporter.reset();
  await assert.rejects(
    inProcessSpan(messageWith({}), { group: "g" }, () => Promise.reject(new Error("no stock"))),
    /no stock/,
  );
  assert.equal(exporter.getFinishedSpans()[0]?.status.message, "no stock");
});
