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

/** What a worker tells of duplicates; undefined where it leaves that to another. */
async function told({ url }: Part): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = /^sagascope_ingest_duplicate_events\{window="1h"\} (\d+)$/m.exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}

test("events that were sent again are told by one worker of all, and by the next after a crash", {
  timeout: 120_000,
}, async () => {
  const first = await startWorker();
  await eventually(
    () => told(first),
    (count) => count === 0,
  );
  const now = new Date().toISOString();
  for (const id of ["a", "b", "a", "c", "c", "c"]) {
    const value = JSON.stringify(event({ id, time: now, sagastarted: now }));
    await stack.producer.send({ topic: stack.topics.events, messages: [{ key: "one", value }] });
  }
  await eventually(
    () => stack.ask("SELECT count() AS rows FROM saga_events"),
    ({ rows }) => rows === "6",
  );
  const second = await startWorker();
  await eventually(
    () => Promise.all([told(first), told(second)]),
    (counts) => counts.filter((count) => count !== undefined).length === 1,
  );
  await first.kill();
  await eventually(
    () => told(second),
    (count) => count === 3,
  );
  assert.equal((await stack.ask("SELECT count() AS rows FROM saga_events")).rows, "6");
});
