import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { endpoints, eventually, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

const sessionTimeoutMs = 6_000;
let stack: TestStack;
const workers = new Set<Part>();

before(async () => {
  stack = await openStack(endpoints(process.env), { partitions: 2 });
});
after(async () => {
  for (const worker of workers) {
    worker.signal("SIGCONT");
    await worker.stop();
  }
  await stack?.close();
});

async function start(group: string): Promise<Part> {
  const worker = await startPart("ingest/main.ts", {
    ...stack.env,
    INGEST_GROUP: `${stack.env.INGEST_GROUP}-${group}`,
    INGEST_SESSION_TIMEOUT_MS: `${sessionTimeoutMs}`,
  });
  workers.add(worker);
  return worker;
}

async function stop(worker: Part): Promise<void> {
  await worker.stop();
  workers.delete(worker);
}

let made = 0;
/** As many events and spans, and waits until each is stored; none twice. */
async function produce(count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => `${++made}`);
  const send = (topic: string, valueFor: (id: string) => object) =>
    stack.producer.send({ topic, messages: ids.map((id) => ({ key: id, value: JSON.stringify(valueFor(id)) })) });
  await send(stack.topics.events, (id) => event({ id, correlationid: id }));
  await send(stack.topics.spans, (id) => {
    const spanId = id.padStart(16, "0");
    const spans = [{ traceId: spanId.repeat(2), spanId, name: "charge", startTimeUnixNano: `${Date.now()}000000` }];
    return { resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans }] }] };
  });
  const all = `${made}`;
  const counts = await eventually(
    () =>
      stack.ask(`SELECT events, event_ids, spans, span_ids
        FROM (SELECT count() AS events, uniqExact(event_id) AS event_ids FROM saga_events) AS e,
          (SELECT count() AS spans, uniqExact(SpanId) AS span_ids FROM otel_traces) AS s`),
    ({ event_ids, span_ids }) => event_ids === all && span_ids === all,
  );
  assert.deepEqual(counts, { events: all, event_ids: all, spans: all, span_ids: all });
}

const readyz = async ({ url }: Part) => {
  const answer = await fetch(`${url}/readyz`);
  return { isReady: answer.ok, text: await answer.text() };
};
const untilReady = (worker: Part) =>
  eventually(
    () => readyz(worker),
    ({ isReady }) => isReady,
  );
const untilStandingBack = (worker: Part) =>
  eventually(
    () => readyz(worker),
    ({ text }) => text.includes("is not read"),
  );

test("a second group on the same store stands back, says why, and takes over when the first has gone; so does the first again", {
  timeout: 180_000,
}, async () => {
  const first = await start("first");
  await produce(20);
  await untilReady(first);
  const second = await start("second");
  assert.match((await untilStandingBack(second)).text, /The group \S+-first-\S+ stores this topic in the same store/);
  await produce(20);
  assert.equal((await readyz(second)).isReady, false);
  await stop(first);
  await produce(20);
  await untilReady(second);
  await stop(second);
  const again = await start("first");
  await produce(20);
  await stop(again);
});

test("of two groups that come up at once each topic is stored by one, and by the other one after it", {
  timeout: 180_000,
}, async () => {
  const [left, right] = await Promise.all([start("left"), start("right")]);
  await produce(200);
  await eventually(
    () => Promise.all([left, right].map(readyz)),
    (told) => told.some(({ text }) => text.includes("is not read")),
  );
  await produce(200);
  await stop(left);
  await produce(200);
  await untilReady(right);
  await stop(right);
});

test("who was frozen so long that another group took over stands back when it thaws", {
  timeout: 180_000,
}, async () => {
  const frozen = await start("first");
  await produce(50);
  const other = await start("other");
  await untilStandingBack(other);
  frozen.signal("SIGSTOP");
  await sleep(sessionTimeoutMs);
  await produce(50);
  frozen.signal("SIGCONT");
  await untilStandingBack(frozen);
  await produce(50);
  await stop(other);
  await produce(50);
});
