import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Admin } from "#lib/kafka.ts";
import {
  createTopics,
  endpoints,
  eventually,
  kafkaAt,
  openStack,
  type Part,
  startPart,
  type TestStack,
} from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
let worker: Part;
let admin: Admin;

before(async () => {
  stack = await openStack(endpoints(process.env));
  admin = kafkaAt(stack.kafka).admin();
  await admin.connect();
  worker = await startPart("ingest/main.ts", stack.env);
});
after(async () => {
  await worker?.stop();
  await admin?.disconnect();
  await stack?.close();
});

const send = (name: string) =>
  stack.producer.send({
    topic: stack.topics.events,
    messages: [0, 1, 2, 3].map((partition) => ({
      partition,
      value: JSON.stringify(event({ id: `${name}-${partition}` })),
    })),
  });

const stored = (name: string) =>
  eventually(
    () => stack.ask(`SELECT count() AS rows FROM saga_events WHERE startsWith(event_id, '${name}-')`),
    ({ rows }) => rows === "4",
  );

async function isGone(): Promise<boolean> {
  const text = await (await fetch(`${worker.url}/metrics`)).text();
  return text.includes(`sagascope_ingest_topic_gone{topic="${stack.topics.events}"} 1`);
}

test("a topic that is deleted is told once, looked for ever more seldom, and read once it is there again", {
  timeout: 180_000,
}, async () => {
  await send("before");
  await stored("before");
  assert.equal(await isGone(), false);
  await admin.deleteTopics({ topics: [stack.topics.events] });
  await eventually(isGone, (is) => is);
  const from = worker.lines.length;
  await sleep(15_000);
  const about = (words: string) => worker.lines.slice(from).filter((line) => line.includes(words)).length;
  assert.ok(about("Restarting the consumer") <= 8, `${about("Restarting the consumer")} restarts`);
  assert.ok(about("") < 60, worker.lines.slice(from).join("\n"));
  assert.equal(worker.lines.filter((line) => line.includes("not there any more")).length, 1);
  await createTopics(admin, [stack.topics.events], 4);
  await send("after");
  await stored("after");
  await eventually(isGone, (is) => !is);
});
