import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { endpoints, eventually, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
const workers: Part[] = [];

before(async () => {
  stack = await openStack(endpoints(process.env));
});
after(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await stack?.close();
});

async function startWorker(): Promise<Part> {
  const worker = await startPart("ingest/main.ts", { ...stack.env, INGEST_SESSION_TIMEOUT_MS: "6000" });
  workers.push(worker);
  return worker;
}

/** How many slots a worker has counted. */
async function counted({ url }: Part): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^sagascope_rollup_slots_total (\d+)$/m.exec(text)?.[1]);
}

const send = async (saga: string, sagastarted: string) => {
  const value = JSON.stringify(event({ id: saga, correlationid: saga, time: sagastarted, sagastarted }));
  await stack.producer.send({ topic: stack.topics.events, messages: [{ key: saga, value }] });
};

const sagasCounted = () =>
  stack.ask(`SELECT sum(sagas) AS sagas, uniqExact(slot) AS slots FROM saga_rollups FINAL WHERE fact = 'slot'`);

test("sagas are counted by one worker of all, and by the next after a crash", { timeout: 120_000 }, async () => {
  const first = await startWorker();
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
  await send("a", hoursAgo(1));
  await send("b", hoursAgo(2));
  await eventually(sagasCounted, ({ sagas, slots }) => sagas === "2" && slots === "2");
  const second = await startWorker();
  assert.ok((await counted(first)) >= 2);
  assert.equal(await counted(second), 0);
  await first.kill();
  await send("c", hoursAgo(3));
  await eventually(sagasCounted, ({ sagas, slots }) => sagas === "3" && slots === "3");
  // The worker says so after the store does.
  await eventually(
    () => counted(second),
    (slots) => slots >= 1,
  );
});
