import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { endpoints, eventually, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
const workers: Part[] = [];

before(async () => {
  stack = await openStack(endpoints(process.env), { partitions: 2 });
});
after(async () => {
  for (const worker of workers) await worker.stop();
  await stack?.close();
});

async function start(group: string): Promise<Part> {
  const worker = await startPart("ingest/main.ts", {
    ...stack.env,
    INGEST_GROUP: `${stack.env.INGEST_GROUP}-${group}`,
  });
  workers.push(worker);
  return worker;
}

async function produce(name: string, count: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, number) => {
    const id = `${name}-${number}`;
    return { key: id, value: JSON.stringify(event({ id, correlationid: id })) };
  });
  await stack.producer.send({ topic: stack.topics.events, messages });
}

const readyz = async ({ url }: Part) => {
  const answer = await fetch(`${url}/readyz`);
  return { isReady: answer.ok, text: await answer.text() };
};

const rows = (count: number) =>
  eventually(
    () => stack.ask("SELECT count() AS rows, uniqExact(event_id) AS ids FROM saga_events"),
    ({ ids }) => ids === `${count}`,
  );

test("a second group on the same store stands back, says why, and takes over when the first has gone", {
  timeout: 120_000,
}, async () => {
  const first = await start("first");
  await produce("one", 20);
  assert.deepEqual(await rows(20), { rows: "20", ids: "20" });
  await eventually(
    () => readyz(first),
    ({ isReady }) => isReady,
  );
  const second = await start("second");
  const { text } = await eventually(
    () => readyz(second),
    ({ text }) => text.includes("is not read"),
  );
  assert.match(text, /The group \S+-first-\S+ stores this topic in the same store/);
  await produce("two", 20);
  assert.deepEqual(await rows(40), { rows: "40", ids: "40" });
  assert.equal((await readyz(second)).isReady, false);
  await first.stop();
  await produce("three", 20);
  assert.deepEqual(await rows(60), { rows: "60", ids: "60" });
  await eventually(
    () => readyz(second),
    ({ isReady }) => isReady,
  );
  await second.stop();
});

test("of two groups that come up at once one stores", { timeout: 180_000 }, async () => {
  const both = await Promise.all([start("left"), start("right")]);
  await produce("four", 200);
  assert.deepEqual(await rows(260), { rows: "260", ids: "260" });
  const told = await eventually(
    () => Promise.all(both.map(readyz)),
    (answers) => answers.some(({ text }) => text.includes("is not read")) && answers.some(({ isReady }) => isReady),
    90_000,
  );
  assert.equal(told.filter(({ isReady }) => isReady).length, 1);
  await produce("five", 200);
  assert.deepEqual(await rows(460), { rows: "460", ids: "460" });
});
