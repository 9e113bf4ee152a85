import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { endpoints, eventually, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

const at = endpoints(process.env);
const main = "ingest/main.ts";
let stack: TestStack;
const started: Part[] = [];

before(async () => {
  stack = await openStack(at);
});
after(async () => {
  for (const part of started) await part.stop();
  await stack.close();
});

async function start(env = stack.env): Promise<Part> {
  const part = await startPart(main, { ...env });
  started.push(part);
  return part;
}

/** Produces events `from`…`to`, every hundredth of them garbage. The count of the good ones. */
async function produce({ producer, topics }: TestStack, from: number, to: number): Promise<number> {
  const messages = Array.from({ length: to - from }, (_, index) => {
    const number = from + index;
    const key = `saga-${number >> 2}`;
    const day = 1 + (number % 3);
    const good = event({ id: `event-${number}`, correlationid: key, sagastarted: `2026-01-0${day}T00:00:00Z` });
    return { key, value: number % 100 === 7 ? `garbage ${number}` : JSON.stringify(good) };
  });
  await producer.send({ topic: topics.events, messages });
  return messages.filter(({ value }) => !value.startsWith("garbage")).length;
}

const counts = `SELECT
  (SELECT count() FROM saga_events) AS rows,
  (SELECT uniqExact(event_id) FROM saga_events) AS ids,
  (SELECT count() FROM dead_letters) AS dead,
  (SELECT uniqExact(value) FROM dead_letters) AS deadIds,
  (SELECT sum(stored) FROM ingest_progress) AS progress`;

async function assertExactlyOnce(
  { ask, isRead }: TestStack,
  { good, bad }: { good: number; bad: number },
): Promise<void> {
  const once = { rows: `${good}`, ids: `${good}`, dead: `${bad}`, deadIds: `${bad}`, progress: `${good}` };
  // Rows may all be there before what is in doubt of them is settled; the offset moves after that.
  await eventually(isRead, (read) => read);
  assert.deepEqual(await ask(counts), once);
}

test("ingest killed again and again at any moment", { timeout: 300_000 }, async () => {
  let worker = await start();
  let produced = 0;
  let good = 0;
  for (let round = 0; round < 5; round += 1) {
    for (let burst = 0; burst < 4; burst += 1) {
      good += await produce(stack, produced, produced + 1_500);
      produced += 1_500;
      await sleep(randomInt(150));
    }
    await sleep(randomInt(700));
    await worker.kill();
    worker = await start();
  }
  await assertExactlyOnce(stack, { good, bad: produced - good });
  assert.equal(await worker.stop(), 0);
});

test("two workers that take partitions from each other", { timeout: 300_000 }, async () => {
  const own = await openStack(at);
  try {
    const one = await start(own.env);
    let good = await produce(own, 0, 4_000);
    const two = await start(own.env);
    good += await produce(own, 4_000, 8_000);
    await eventually(
      async () => (await fetch(`${two.url}/readyz`)).status,
      (status) => status === 200,
    );
    good += await produce(own, 8_000, 12_000);
    await one.stop();
    good += await produce(own, 12_000, 16_000);
    await assertExactlyOnce(own, { good, bad: 16_000 - good });
    await two.stop();
  } finally {
    await own.close();
  }
});

test("a worker that sleeps until another has its partitions, and wakes", { timeout: 300_000 }, async () => {
  const own = await openStack(at);
  try {
    const sleeper = await start(own.env);
    const other = await start(own.env);
    let good = 0;
    for (let round = 0; round < 2; round += 1) {
      good += await produce(own, round * 9_000, round * 9_000 + 3_000);
      await sleep(randomInt(400));
      sleeper.signal("SIGSTOP");
      good += await produce(own, round * 9_000 + 3_000, round * 9_000 + 6_000);
      const bad = round * 9_000 + 6_000 - good;
      await assertExactlyOnce(own, { good, bad });
      sleeper.signal("SIGCONT");
      good += await produce(own, round * 9_000 + 6_000, round * 9_000 + 9_000);
      await assertExactlyOnce(own, { good, bad: round * 9_000 + 9_000 - good });
    }
    await sleeper.stop();
    await other.stop();
  } finally {
    await own.close();
  }
});

test("the store killed under the inserts, and away for a while", { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "sagascope-"));
  const env = { CLICKHOUSE_DATA: folder, CLICKHOUSE_USER: "test", CLICKHOUSE_PASSWORD: "test" };
  let server = await startPart("embedded/clickhouse/main.ts", env);
  const { port } = new URL(server.url);
  const own = await openStack(at, { clickhouse: `http://test:test@127.0.0.1:${port}` });
  try {
    const worker = await start(own.env);
    let good = 0;
    for (let round = 0; round < 3; round += 1) {
      good += await produce(own, round * 5_000, round * 5_000 + 5_000);
      await sleep(randomInt(900));
      await server.kill();
      await sleep(randomInt(1_500));
      server = await startPart("embedded/clickhouse/main.ts", { ...env, PORT: port });
    }
    await assertExactlyOnce(own, { good, bad: 15_000 - good });
    await worker.stop();
  } finally {
    await own.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
