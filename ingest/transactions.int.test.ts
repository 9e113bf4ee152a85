import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Producer } from "#lib/kafka.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { ingestProgress } from "#store/clickhouse/queries/ingest-progress.ts";
import { endpoints, eventually, kafkaAt, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
let worker: Part;
const producers: Producer[] = [];

before(async () => {
  stack = await openStack(endpoints(process.env), { partitions: 1 });
  worker = await startPart("ingest/main.ts", { ...stack.env });
});
after(async () => {
  await worker?.stop();
  await Promise.all(producers.map((producer) => producer.disconnect()));
  await stack?.close();
});

async function transactional(name: string): Promise<Producer> {
  const producer = kafkaAt(stack.kafka).producer({
    transactionalId: `${stack.topics.events}-${name}`,
    maxInFlightRequests: 1,
    idempotent: true,
    transactionTimeout: 60_000,
  });
  producers.push(producer);
  await producer.connect();
  return producer;
}

const two = (name: string) => ({
  topic: stack.topics.events,
  messages: [1, 2].map((number) => ({ value: JSON.stringify(event({ id: `${name}-${number}` })) })),
});

const balance = async () => {
  const progress = await ingestProgress(createAsker(stack.store), Date.now());
  return progress.find(({ topic }) => topic === stack.topics.events);
};

async function waiting(): Promise<number> {
  const text = await (await fetch(`${worker.url}/metrics`)).text();
  const line = `sagascope_ingest_lag_messages{topic="${stack.topics.events}",partition="0"} `;
  return Number(
    text
      .split("\n")
      .find((each) => each.startsWith(line))
      ?.slice(line.length) ?? Number.NaN,
  );
}

test("of transactions what was committed is stored and adds up, and nothing waits", { timeout: 120_000 }, async () => {
  const producer = await transactional("one");
  for (let turn = 0; turn < 9; turn++) {
    const transaction = await producer.transaction();
    await transaction.send(two(`turn-${turn}`));
    if (turn % 3 === 2) await transaction.abort();
    else await transaction.commit();
  }
  // Nine marks and three times two that were aborted hold nothing.
  const found = await eventually(balance, (one) => one?.lastOffset === "26");
  assert.deepEqual([found?.messages, found?.stored, found?.dead, found?.balance], [12, 12, 0, 0]);
  assert.equal(await eventually(waiting, (messages) => messages === 0), 0);
  await worker.kill();
  worker = await startPart("ingest/main.ts", { ...stack.env });
  await stack.producer.send(two("plain"));
  const later = await eventually(balance, (one) => one?.stored === 14);
  assert.deepEqual([later?.lastOffset, later?.messages, later?.balance], ["28", 14, 0]);
});

test("a group whose offset is lost goes on beyond the marks that it has passed", { timeout: 120_000 }, async () => {
  const transaction = await (await transactional("last")).transaction();
  await transaction.send(two("last"));
  await transaction.abort();
  await eventually(balance, (one) => one?.lastOffset === "31");
  await worker.stop();
  const admin = kafkaAt(stack.kafka).admin();
  await admin.connect();
  await admin.deleteGroups([`${stack.env.INGEST_GROUP}-${stack.topics.events}`]);
  await admin.disconnect();
  worker = await startPart("ingest/main.ts", { ...stack.env });
  await stack.producer.send(two("beyond"));
  const found = await eventually(balance, (one) => one?.stored === 16);
  assert.deepEqual([found?.lastOffset, found?.messages, found?.balance], ["33", 16, 0]);
});

test("what waits behind a transaction that hangs is behind", { timeout: 120_000 }, async () => {
  const transaction = await (await transactional("hangs")).transaction();
  await transaction.send(two("hung"));
  await stack.producer.send(two("behind"));
  assert.equal(await eventually(waiting, (messages) => messages > 0), 4);
  await transaction.commit();
  const found = await eventually(balance, (one) => one?.stored === 20);
  assert.equal(found?.balance, 0);
  assert.equal(await eventually(waiting, (messages) => messages === 0), 0);
});
