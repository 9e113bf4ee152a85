import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { endpoints, eventually, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
let worker: Part;

before(async () => {
  stack = await openStack(endpoints(process.env), { partitions: 1 });
  worker = await startPart("ingest/main.ts", stack.env);
});
after(async () => {
  await worker?.stop();
  await stack?.close();
});

/** What is told of events dated ahead and behind; undefined before anything is. */
async function told(): Promise<Record<string, number>> {
  const text = await (await fetch(`${worker.url}/metrics`)).text();
  const lines = text.matchAll(/^sagascope_ingest_misdated_events\{direction="(\w+)",window="1h"\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, direction, count]) => [direction, Number(count)]));
}

test("events that are dated ahead and behind are stored, and told by direction", { timeout: 180_000 }, async () => {
  const dayMs = 86_400_000;
  const days = [0, 0.9, 1.1, 3_000, -399, -401, -401, -401];
  const messages = days.map((ahead, index) => {
    const time = new Date(Date.now() + ahead * dayMs).toISOString();
    return { key: "one", value: JSON.stringify(event({ id: `dated-${index}`, time, sagastarted: time })) };
  });
  await stack.producer.send({ topic: stack.topics.events, messages });
  await eventually(
    () => stack.ask("SELECT count() AS rows FROM saga_events"),
    ({ rows }) => rows === `${days.length}`,
  );
  // It looks once a minute.
  await eventually(told, ({ ahead, behind }) => ahead === 2 && behind === 3);
});

test("a saga of a clock that was never set is kept, and has ended", { timeout: 180_000 }, async () => {
  const never = { correlationid: "never-set", time: "1970-01-01T00:00:00Z", sagastarted: "1970-01-01T00:00:00Z" };
  const messages = [
    { ...never, id: "a", type: "saga.started", data: {} },
    { ...never, id: "b", time: "1970-01-01T01:00:00+02:00", data: { step: "pay", attempt: 1 } },
    { ...never, id: "c", time: "1970-01-01T00:00:07.25Z", type: "saga.completed", data: {} },
  ].map((more) => ({ key: "never-set", value: JSON.stringify(event(more)) }));
  await stack.producer.send({ topic: stack.topics.events, messages });
  const kept = await eventually(
    () =>
      stack.ask(`SELECT toString(min(time)) AS first, toString(max(time)) AS last, count() AS rows,
        (SELECT toString(max(ended_at)) FROM sagas WHERE saga_id = 'never-set') AS ended
        FROM saga_events WHERE saga_id = 'never-set'`),
    ({ rows }) => rows === "3",
  );
  assert.deepEqual(kept, {
    first: "1970-01-01 00:00:00.001000000",
    last: "1970-01-01 00:00:07.250000000",
    rows: "3",
    ended: "1970-01-01 00:00:07.250",
  });
});
