import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Admin } from "#lib/kafka.ts";
import { endpoints, eventually, kafkaAt, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
let admin: Admin;
let worker: Part;

before(async () => {
  stack = await openStack(endpoints(process.env), { partitions: 1 });
  admin = kafkaAt(stack.kafka).admin();
  await admin.connect();
  worker = await start();
});
after(async () => {
  await worker?.stop();
  await admin?.disconnect();
  await stack?.close();
});

const start = (more: Record<string, string> = {}) => startPart("ingest/main.ts", { ...stack.env, ...more });
const groupId = () => `${stack.env.INGEST_GROUP}-${stack.topics.events}`;

/** By a producer that knows nothing of the topic as it was before. */
async function produce(name: string, count: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, number) => {
    const id = `${name}-${number}`;
    return { partition: 0, value: JSON.stringify(event({ id, correlationid: id })) };
  });
  const producer = kafkaAt(stack.kafka).producer();
  await producer.connect();
  await producer.send({ topic: stack.topics.events, messages });
  await producer.disconnect();
}

/** Waits until so many of that name are stored; how many rows there are of all, and how many gaps. */
async function stored(name: string, count: number): Promise<Record<string, string>> {
  await eventually(
    () => stack.ask(`SELECT uniqExact(event_id) AS ids FROM saga_events WHERE startsWith(event_id, '${name}-')`),
    ({ ids }) => ids === `${count}`,
  );
  return await stack.ask("SELECT count() AS rows, (SELECT count() FROM ingest_gaps) AS gaps FROM saga_events");
}

test("a group that was deleted goes on after what is stored", { timeout: 120_000 }, async () => {
  await produce("one", 20);
  assert.deepEqual(await stored("one", 20), { rows: "20", gaps: "0" });
  await worker.stop();
  await produce("meanwhile", 5);
  await admin.deleteGroups([groupId()]);
  worker = await start();
  assert.deepEqual(await stored("meanwhile", 5), { rows: "25", gaps: "0" });
});

test("an offset beyond the end of the log stores nothing again, and tells of no loss", {
  timeout: 120_000,
}, async () => {
  await worker.stop();
  const partitions = [{ partition: 0, offset: "40" }];
  await admin.setOffsets({ groupId: groupId(), topic: stack.topics.events, partitions });
  worker = await start();
  await produce("two", 5);
  assert.deepEqual(await stored("two", 5), { rows: "30", gaps: "0" });
});

test("another group on the same store goes on where the first was", { timeout: 120_000 }, async () => {
  await worker.stop();
  await produce("three", 5);
  worker = await start({ INGEST_GROUP: `${stack.env.INGEST_GROUP}-other` });
  assert.deepEqual(await stored("three", 5), { rows: "35", gaps: "0" });
});

test("telemetry whose groups were deleted is not stored again", { timeout: 120_000 }, async () => {
  const timeUnixNano = `${BigInt(Date.now()) * 1_000_000n}`;
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "payments" } }] };
  const logRecords = [{ timeUnixNano, body: { stringValue: "paid" } }];
  const metrics = [{ name: "paid", gauge: { dataPoints: [{ timeUnixNano, asDouble: 1 }] } }];
  const send = async () => {
    const line = JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
    const point = JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] });
    await stack.producer.send({ topic: stack.topics.logs, messages: [{ value: line }, { value: line }] });
    await stack.producer.send({ topic: stack.topics.metrics, messages: [{ value: point }, { value: point }] });
  };
  const count = "SELECT count() AS lines, (SELECT count() FROM otel_metrics_gauge) AS points FROM otel_logs";
  const storedAll = (rows: number) =>
    eventually(
      () => stack.ask(count),
      ({ lines, points }) => Number(lines) >= rows && Number(points) >= rows,
    );
  await send();
  assert.deepEqual(await storedAll(2), { lines: "2", points: "2" });
  await worker.stop();
  const group = `${stack.env.INGEST_GROUP}-other`;
  await admin.deleteGroups([`${group}-${stack.topics.logs}`, `${group}-${stack.topics.metrics}`]);
  worker = await start({ INGEST_GROUP: group });
  await send();
  assert.deepEqual(await storedAll(4), { lines: "4", points: "4" });
});

test("a topic that was made anew while no worker ran is known, and read from its beginning though it is longer", {
  timeout: 120_000,
}, async () => {
  await worker.stop();
  await admin.deleteTopics({ topics: [stack.topics.events] });
  await eventually(
    () => admin.listTopics(),
    (topics) => !topics.includes(stack.topics.events),
  );
  await admin.createTopics({ topics: [{ topic: stack.topics.events, numPartitions: 1 }], waitForLeaders: false });
  await eventually(
    () => admin.fetchTopicOffsets(stack.topics.events),
    (offsets) => offsets.length === 1,
  );
  await produce("anew", 50);
  worker = await start();
  assert.deepEqual(await stored("anew", 50), { rows: "85", gaps: "0" });
  const logs = `SELECT uniqExact(log_id) AS logs, argMax(before, since) AS before FROM ingest_logs WHERE topic = '${stack.topics.events}'`;
  assert.deepEqual(await stack.ask(logs), { logs: "2", before: "35" });
  await worker.stop();
  await admin.deleteGroups([groupId()]);
  await produce("after", 5);
  worker = await start();
  assert.deepEqual(await stored("after", 5), { rows: "90", gaps: "0" });
  await eventually(
    async () => await (await fetch(`${worker.url}/metrics`)).text(),
    (text) =>
      text.includes(`sagascope_ingest_remade_partitions{topic="${stack.topics.events}",window="1d"} 1`) &&
      text.includes(`sagascope_ingest_gap_messages{topic="${stack.topics.events}",window="1d"} 0`) &&
      text.includes(`sagascope_ingest_lost_messages_total{topic="${stack.topics.events}",partition="0"} 0`),
  );
});
