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
  await createLogReader(() => admin, { topics: [topic, "absent"], group, waitMs: 60_000 }).positions();

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
  const lookBy = (one: Admin) =>
    createLogReader(() => one, { topics: [topic], group: "nobody", waitMs: 60_000 }).positions();
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
  await assert.rejects(createLogReader(() => away, { topics: [topic], group: "x" }).positions(), {
    code: "KAFKA_DOWN",
  });
});

test("a topic that another group of ingest reads is looked at too, until it is deleted", async () => {
  const group = `mapping-${randomUUID()}`;
  const mapped = [`orders_${randomUUID()}`, `payments_${randomUUID()}`] as const;
  await admin.createTopics({ topics: mapped.map((name) => ({ topic: name, numPartitions: 1 })) });
  const producer = createProducer(kafka);
  await producer.connect();
  for (const name of mapped) await producer.send({ topic: name, messages: [{ value: "a" }, { value: "b" }] });
  await producer.disconnect();
  const at = (name: string, of: string) =>
    admin.setOffsets({ groupId: `${group}-${name}`, topic: of, partitions: [{ partition: 0, offset: "1" }] });
  await Promise.all([...mapped.map((name) => at(name, name)), at(`${topic}/sagas`, topic)]);
  const opened: Admin[] = [];
  const openAdmin = () => {
    const one = kafka.admin();
    opened.push(one);
    return one;
  };
  const reader = createLogReader(openAdmin, { topics: [topic], group, waitMs: 60_000 });
  const told = async () => (await reader.positions()).map((one) => [one.topic, one.partition, one.end, one.next]);
  const own = [0, 1].map((partition) => [topic, partition, partition === 0 ? 5n : 0n, null]);
  assert.deepEqual(
    (await told()).toSorted(byName),
    [...own, ...mapped.map((name) => [name, 0, 2n, 1n])].toSorted(byName),
  );
  await admin.deleteTopics({ topics: [mapped[0]] });
  const deadline = Date.now() + 30_000;
  while ((await told()).some(([name]) => name === mapped[0]) && Date.now() < deadline) await sleep(500);
  // Once more, by what is asked then: a client that was asked for the deleted one before would be refused.
  await sleep(2_500);
  assert.deepEqual((await told()).toSorted(byName), [...own, [mapped[1], 0, 2n, 1n]].toSorted(byName));
  await admin.deleteTopics({ topics: [mapped[1]] });
  for (const one of opened) await one.disconnect();
});

const byName = (one: readonly unknown[], other: readonly unknown[]) => (String(one) < String(other) ? -1 : 1);
