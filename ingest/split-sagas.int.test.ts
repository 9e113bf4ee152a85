import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { endpoints, eventually, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
const workers: Part[] = [];
before(async () => {
  stack = await openStack(endpoints(process.env), { partitions: 1 });
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

const send = async (id: string, more: Record<string, unknown>) => {
  const value = JSON.stringify(event({ id, ...more }));
  await stack.producer.send({ topic: stack.topics.events, messages: [{ key: "one", value }] });
  await eventually(
    () => stack.ask(`SELECT count() AS rows FROM saga_events WHERE event_id = '${id}'`),
    ({ rows }) => rows === "1",
  );
};

async function splits({ url }: Part): Promise<string | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return /^sagascope_ingest_split_sagas\{window="1h"\} (\d+)$/m.exec(text)?.[1];
}

test("a saga whose events say different starts is stored under each, and counted", { timeout: 120_000 }, async () => {
  const first = await startWorker();
  const split = { correlationid: "split" };
  await send("a", { ...split, sagastarted: "2026-01-02T03:04:05.5Z" });
  await send("b", { ...split, sagastarted: "2026-01-02T03:04:04.5Z" });
  // What says no start follows the earliest.
  await send("c", { ...split, sagastarted: undefined });
  const whole = { correlationid: "whole" };
  await send("d", { ...whole, sagastarted: "2026-01-02T03:04:05.5Z" });
  await send("e", { ...whole, sagastarted: "2026-01-02T05:04:05.5000001+02:00" });
  await send("f", { ...whole, sagastarted: "2026-01-02T03:04:05.5Z", data: { step: "a", payload: {} } });
  const places = `SELECT arrayStringConcat(arraySort(groupArray(place)), '; ') AS places FROM (
    SELECT concat(saga_id, ' ', toString(saga_started), ' ', arrayStringConcat(arraySort(groupArray(event_id)))) AS place
    FROM saga_events GROUP BY saga_id, saga_started)`;
  assert.deepEqual((await stack.ask(places)).places?.split("; "), [
    "split 2026-01-02 03:04:04.500 bc",
    "split 2026-01-02 03:04:05.500 a",
    "whole 2026-01-02 03:04:05.500 def",
  ]);
  await first.stop();
  const second = await startWorker();
  await eventually(
    () => splits(second),
    (count) => count === "1",
  );
});
