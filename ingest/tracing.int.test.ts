import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { endpoints, eventually, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
const started: Part[] = [];

before(async () => {
  stack = await openStack(endpoints(process.env));
});
after(async () => {
  for (const part of started) await part.stop();
  await stack.close();
});

const own = "ServiceName = 'sagascope-ingest'";

test("ingest's own traces come back by its own road, and make no new ones", { timeout: 120_000 }, async () => {
  const { topics, producer, ask } = stack;
  const collector = await startPart("collector/main.ts", { ...stack.env });
  started.push(collector);
  started.push(await startPart("ingest/main.ts", { ...stack.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }));
  await producer.send({ topic: topics.events, messages: [{ key: "order-1", value: JSON.stringify(event()) }] });

  const chunk = await eventually(
    () => ask(`SELECT TraceId AS trace, SpanId AS span FROM otel_traces WHERE ${own} AND SpanName LIKE 'process %'`),
    ({ trace }) => trace !== undefined,
  );
  const insert = await ask(`SELECT SpanName AS name, ParentSpanId AS parent FROM otel_traces
    WHERE ${own} AND TraceId = '${chunk.trace}' AND SpanId != '${chunk.span}'`);
  assert.deepEqual(insert, { name: "INSERT saga_events", parent: chunk.span });

  const count = `SELECT count() AS n FROM otel_traces WHERE ${own}`;
  const { n } = await ask(count);
  // Several times as long as a span takes from its end to the store.
  await sleep(6_000);
  assert.deepEqual(await ask(count), { n });
});
