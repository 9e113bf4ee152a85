import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { enqueue, type OutgoingMessage } from "./outbox.ts";
import { startRelay } from "./relay.ts";
import { inTransaction, openRealParts, type RealParts, waitUntil } from "./testing/real-parts.ts";

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let parts: RealParts;
before(async () => {
  parts = await openRealParts(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => parts.drop());

const message = (topic: string, key: string, value: string): OutgoingMessage => ({
  topic,
  key,
  headers: { messageid: value },
  value,
});
const outboxSize = async () => Number((await parts.pool.query("SELECT count(*) AS n FROM outbox")).rows[0].n);
const relay = () =>
  startRelay({ kafka: parts.kafka, connect: parts.connect, log: quiet, topicPrefix: parts.topicPrefix });

test("what commits goes out, in order; what rolls back never existed", async () => {
  const topic = await parts.createTopic("atomic", 1);
  const running = relay();
  await inTransaction(parts.pool, (client) => enqueue(client, [message(topic, "k", "1"), message(topic, "k", "2")]));
  await assert.rejects(
    inTransaction(parts.pool, async (client) => {
      await enqueue(client, [message(topic, "k", "never")]);
      throw new Error("no");
    }),
  );
  await inTransaction(parts.pool, (client) => enqueue(client, [message(topic, "k", "3")]));
  await waitUntil("the outbox is empty", async () => (await outboxSize()) === 0);
  await running.stop();
  const read = await parts.readAll(topic);
  assert.deepEqual(
    read.map(({ key, value, headers }) => [key, value?.toString(), headers.messageid]),
    [
      ["k", "1", "1"],
      ["k", "2", "2"],
      ["k", "3", "3"],
    ],
  );
});

test("a message too big for Kafka is refused in the caller's transaction", async () => {
  const big = message("any", "k", "x".repeat(900_001));
  await assert.rejects(
    inTransaction(parts.pool, (client) => enqueue(client, [big])),
    RangeError,
  );
  assert.equal(await outboxSize(), 0);
});

test("relays killed with SIGKILL lose nothing and keep each key's order", async () => {
  const topic = await parts.createTopic("killed", 2);
  const script = new URL("./testing/relay-process.ts", import.meta.url).pathname;
  const spawnRelay = () =>
    spawn(process.execPath, [script, parts.brokers, parts.databaseUrl, parts.topicPrefix], { stdio: "ignore" });
  const keys = ["a", "b", "c", "d"];
  const perKey = 1500;
  const writing = (async () => {
    for (let index = 0; index < perKey; index += 10) {
      const lot = keys.flatMap((key) =>
        Array.from({ length: 10 }, (_, more) => message(topic, key, `${key}-${index + more}`)),
      );
      await inTransaction(parts.pool, (client) => enqueue(client, lot));
    }
  })();
  let child: ChildProcess = spawnRelay();
  const written = keys.length * perKey;
  const produced = async () => {
    const admin = parts.kafka.admin();
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(`${parts.topicPrefix}${topic}`);
    await admin.disconnect();
    return ends.reduce((sum, { high }) => sum + Number(high), 0);
  };
  for (let kill = 1; kill <= 3; kill++) {
    await waitUntil(`a quarter more is published (${kill})`, async () => (await produced()) >= (written / 5) * kill);
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    child = spawnRelay();
  }
  await writing;
  await waitUntil("the outbox is empty", async () => (await outboxSize()) === 0);
  child.kill("SIGKILL");
  const read = await parts.readAll(topic);
  for (const key of keys) {
    const values = read.filter((each) => each.key === key).map((each) => Number(each.value?.toString().split("-")[1]));
    // At least once: a run may repeat what its predecessor sent, but the first sight of each message is in order.
    const firsts = [...new Set(values)];
    assert.deepEqual(
      firsts,
      Array.from({ length: perKey }, (_, index) => index),
    );
  }
});

test("only one relay publishes; the next takes over when it stops", async () => {
  const topic = await parts.createTopic("single", 1);
  const first = relay();
  await waitUntil("the first publishes", () => first.isPublishing());
  const second = relay();
  await inTransaction(parts.pool, (client) => enqueue(client, [message(topic, "k", "1")]));
  await waitUntil("the first published", () => first.published() === 1);
  assert.equal(second.isPublishing(), false);
  await first.stop();
  await inTransaction(parts.pool, (client) => enqueue(client, [message(topic, "k", "2")]));
  await waitUntil("the second published", () => second.published() === 1);
  await second.stop();
});

test("a relay whose connection to PostgreSQL breaks goes on by itself", async () => {
  const topic = await parts.createTopic("broken", 1);
  const running = relay();
  await waitUntil("it publishes", () => running.isPublishing());
  await parts.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT id, topic%'",
  );
  await inTransaction(parts.pool, (client) => enqueue(client, [message(topic, "k", "after")]));
  await waitUntil("the message is out", async () => (await outboxSize()) === 0);
  await running.stop();
  assert.deepEqual(
    (await parts.readAll(topic)).map(({ value }) => value?.toString()),
    ["after"],
  );
});
