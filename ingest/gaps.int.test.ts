import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Admin } from "#lib/kafka.ts";
import { endpoints, eventually, kafkaAt, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
let admin: Admin;
let worker: Part;

before(async () => {
  stack = await openStack(endpoints(process.env));
  admin = kafkaAt(stack.kafka).admin();
  await admin.connect();
  worker = await start();
});
after(async () => {
  await worker?.stop();
  await admin?.disconnect();
  await stack?.close();
});

const start = () => startPart("ingest/main.ts", { ...stack.env });

/** Sends so many events to each partition, by a producer that knows nothing of the topic as it was before. */
async function produce(name: string, count: number, partitions = [0, 1, 2, 3]): Promise<void> {
  const messages = partitions.flatMap((partition) =>
    Array.from({ length: count }, (_, number) => {
      const id = `${name}-${partition}-${number}`;
      return { partition, value: JSON.stringify(event({ id, correlationid: id })) };
    }),
  );
  const producer = kafkaAt(stack.kafka).producer();
  await producer.connect();
  await producer.send({ topic: stack.topics.events, messages });
  await producer.disconnect();
}

/**
 * How many different events of that name are stored once there are so many, and how many messages twice. (A producer may
 * itself send an event twice where a topic is new.)
 */
async function stored(name: string, count: number): Promise<unknown> {
  return await eventually(
    () =>
      stack.ask(
        `SELECT uniqExact(event_id) AS ids, count() - uniqExact(_partition, _offset) AS twice
         FROM saga_events WHERE startsWith(event_id, '${name}-')`,
      ),
    ({ ids }) => Number(ids) >= count,
  );
}

const once = (count: number) => ({ ids: `${count}`, twice: "0" });

const gaps = async () => {
  const answer = await stack.store.query({
    query:
      "SELECT partition, from_offset AS `from`, to_offset AS `to`, reason FROM ingest_gaps ORDER BY partition, from_offset",
    format: "JSONEachRow",
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
  return await answer.json<Record<string, unknown>>();
};

async function lost(partition: number): Promise<number> {
  const text = await (await fetch(`${worker.url}/metrics`)).text();
  const line = `sagascope_ingest_lost_messages_total{topic="${stack.topics.events}",partition="${partition}"} `;
  return Number(
    text
      .split("\n")
      .find((each) => each.startsWith(line))
      ?.slice(line.length),
  );
}

test("what retention took while no worker ran is known", { timeout: 180_000 }, async () => {
  await produce("one", 10);
  assert.deepEqual(await stored("one", 40), once(40));
  await worker.stop();
  await produce("gone", 7);
  // The client knows no topic before it was asked for one.
  await admin.fetchTopicOffsets(stack.topics.events);
  await admin.deleteTopicRecords({ topic: stack.topics.events, partitions: [{ partition: 2, offset: "15" }] });
  await produce("two", 5);
  worker = await start();
  assert.deepEqual(await stored("two", 20), once(20));
  assert.deepEqual(await stored("gone", 23), once(23));
  assert.deepEqual(await gaps(), [{ partition: 2, from: 10, to: 14, reason: "retention" }]);
  assert.equal(await lost(2), 5);
});

test("the gap is there once, though every worker after it looks at the same place", { timeout: 180_000 }, async () => {
  await worker.kill();
  worker = await start();
  await produce("three", 5);
  assert.deepEqual(await stored("three", 20), once(20));
  assert.equal((await gaps()).length, 1);
  // It was counted by the worker before.
  assert.equal(await lost(2), 0);
  const told = `sagascope_ingest_gap_messages{topic="${stack.topics.events}",window="1d"} 5`;
  await eventually(
    async () => await (await fetch(`${worker.url}/metrics`)).text(),
    (text) => text.includes(told),
  );
});

test("a topic that grows is read from the beginning of its new partitions", { timeout: 180_000 }, async () => {
  await admin.createPartitions({ topicPartitions: [{ topic: stack.topics.events, count: 6 }] });
  await produce("grown", 1, [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(await stored("grown", 6), once(6));
});

async function makeAnew(): Promise<void> {
  const { events: topic } = stack.topics;
  // What is stored and not committed when the topic goes is told as lost: nobody knows then that it is stored.
  await eventually(() => stack.isRead(), Boolean);
  await admin.deleteTopics({ topics: [topic] });
  await eventually(
    () => admin.listTopics(),
    (topics) => !topics.includes(topic),
  );
  await admin.createTopics({ topics: [{ topic, numPartitions: 4 }], waitForLeaders: false });
  await eventually(
    async () => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.length,
    (partitions) => partitions === 4,
  );
}

/** All of the old log was stored: but for what retention took before, nobody tells of a loss. */
const nothingMoreIsLost = async () =>
  assert.deepEqual(
    (await gaps()).map(({ reason }) => reason),
    ["retention"],
  );

test("a topic that was made anew is read from its beginning", { timeout: 240_000 }, async () => {
  await makeAnew();
  await produce("anew", 12);
  assert.deepEqual(await stored("anew", 48), once(48));
  await nothingMoreIsLost();
});

test("a topic that was made anew and is longer at once than it was before", { timeout: 240_000 }, async () => {
  await makeAnew();
  await produce("longer", 40);
  assert.deepEqual(await stored("longer", 160), once(160));
  await produce("after", 3);
  assert.deepEqual(await stored("after", 12), once(12));
  await nothingMoreIsLost();
});
