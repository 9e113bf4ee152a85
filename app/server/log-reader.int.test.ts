import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Endpoints } from "#contracts/endpoints.ts";
import { type Admin, createKafka, createProducer } from "#lib/kafka.ts";
import { createLogger } from "#lib/log.ts";
import { createLogReader } from "./log-reader.ts";

const topic = `test_${randomUUID()}`;
const { kafka: brokers } = Endpoints.parse(JSON.parse(readFileSync(process.env.SAGASCOPE_ENDPOINTS ?? "", "utf8")));
const kafkaAt = (broker: string, { retries }: { retries: number }) =>
  createKafka(
    { KAFKA_BROKERS: [broker], KAFKA_TLS: false },
    { clientId: "test", log: createLogger("test", "silent"), retries },
  );
const kafka = kafkaAt(brokers, { retries: 8 });
let admin: Admin;

before(async () => {
  admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
  const producer = createProducer(kafka);
  await producer.connect();
  const hourAgo = String(Date.now() - 3_600_000);
  await producer.send({ topic, messages: [1, 2, 3].map((n) => ({ value: `${n}`, partition: 0, timestamp: hourAgo })) });
  await producer.send({ topic, messages: [4, 5].map((n) => ({ value: `${n}`, partition: 0 })) });
  await producer.disconnect();
  // A broker that has only just begun has nobody yet who knows groups.
  for (let tries = 0; tries < 100; tries++) {
    const isKnown = await admin.fetchOffsets({ groupId: "nobody", topics: [topic] }).then(
      () => true,
      () => false,
    );
    if (isKnown) break;
    await sleep(200);
  }
});
after(async () => {
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
});

const look = async (group: string) =>
  await createLogReader(admin, { topics: [topic, "absent"], group, waitMs: 60_000 }).positions();

test("a log that nobody has read waits from its beginning", async () => {
  const [first, second] = await look("nobody");
  assert.deepEqual(
    [first?.begin, first?.end, first?.next, first?.lastMinute, first?.waiting],
    [0n, 5n, null, 2, { fromMs: 3_600_000, toMs: 7_200_000 }],
  );
  assert.deepEqual([second?.end, second?.lastMinute, second?.waiting], [0n, 0, null]);
});

test("a coordinator that is not there yet is asked again, and any other refusal is told", async () => {
  const refusing = (times: number, retriable: boolean): Admin => ({
    ...admin,
    fetchOffsets: async (of) => {
      if (times-- > 0) throw Object.assign(new Error("This is not the correct coordinator"), { retriable });
      return await admin.fetchOffsets(of);
    },
  });
  const lookBy = (one: Admin) => createLogReader(one, { topics: [topic], group: "nobody", waitMs: 60_000 }).positions();
  assert.equal((await lookBy(refusing(3, true))).length, 2);
  await assert.rejects(lookBy(refusing(1, false)), { code: "KAFKA_DOWN", message: /not the correct coordinator/ });
});

test("it waits from where the group has come", async () => {
  await admin.setOffsets({ groupId: `group-${topic}`, topic, partitions: [{ partition: 0, offset: "3" }] });
  const [first] = await look("group");
  assert.equal(first?.next, 3n);
  // The three that were sent an hour ago are stored, the two of just now wait.
  assert.ok((first.waiting?.fromMs ?? Number.POSITIVE_INFINITY) < 1_800_000);
  await admin.setOffsets({ groupId: `group-${topic}`, topic, partitions: [{ partition: 0, offset: "5" }] });
  assert.equal((await look("group"))[0]?.waiting, null);
});

test("a Kafka that is away is a problem that says so, and soon", async () => {
  const away = kafkaAt("127.0.0.1:1", { retries: 0 }).admin();
  await assert.rejects(createLogReader(away, { topics: [topic], group: "x" }).positions(), { code: "KAFKA_DOWN" });
});
