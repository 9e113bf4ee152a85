import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type ConsumerOptions, RefusedMessage, startConsumer } from "./consumer.ts";
import { markProcessed } from "./inbox.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import { inTransaction, openRealParts, type RealParts, waitUntil } from "./testing/real-parts.ts";

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let parts: RealParts;
before(async () => {
  parts = await openRealParts(process.env.SAGASCOPE_ENDPOINTS);
  await parts.pool.query("CREATE TABLE effects (id bigserial PRIMARY KEY, effect text NOT NULL)");
});
after(() => parts.drop());

type Options = Partial<ConsumerOptions> & Pick<ConsumerOptions, "handle" | "topics">;
const consume = (options: Options) =>
  startConsumer({
    kafka: parts.kafka,
    group: `${parts.topicPrefix}${options.topics[0]}`,
    deadLetter: async () => {},
    isTransient: () => false,
    log: quiet,
    ...options,
    topics: options.topics.map((topic) => `${parts.topicPrefix}${topic}`),
  });

async function send(topic: string, messages: { key: string; value: string | null; id?: string }[]): Promise<void> {
  const producer = parts.kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  await producer.send({
    topic: `${parts.topicPrefix}${topic}`,
    messages: messages.map(({ key, value, id }) => ({ key, value, ...(id && { headers: { messageid: id } }) })),
  });
  await producer.disconnect();
}

test("a message that comes twice, or to two consumers after a crash, takes effect once", async () => {
  const topic = await parts.createTopic("dedupe");
  const handle = async (message: IncomingMessage) => {
    await inTransaction(parts.pool, async (client) => {
      if (!(await markProcessed(client, message.id))) return;
      await client.query("INSERT INTO effects (effect) VALUES ($1)", [message.value?.toString()]);
    });
  };
  const messages = Array.from({ length: 50 }, (_, index) => ({
    key: `k${index % 7}`,
    value: `v${index}`,
    id: `id-${index}`,
  }));
  await send(topic, [...messages, ...messages]);
  let handled = 0;
  const counted = async (message: IncomingMessage) => {
    await handle(message);
    handled++;
  };
  const first = consume({ topics: [topic], handle: counted });
  await waitUntil("all are handled", () => handled === 100);
  await first.stop();
  // Another group reads all again, as after lost commits.
  const second = consume({ topics: [topic], group: `${parts.topicPrefix}again`, handle: counted });
  await waitUntil("all are handled again", () => handled === 200);
  await second.stop();
  const { rows } = await parts.pool.query("SELECT effect FROM effects");
  assert.deepEqual(rows.map((row) => row.effect).sort(), messages.map(({ value }) => value).sort());
});

test("commits let a successor begin where the first stopped", async () => {
  const topic = await parts.createTopic("commits");
  await send(topic, [
    { key: "k", value: "1" },
    { key: "k", value: "2" },
  ]);
  const seen: string[] = [];
  const handle = async (message: IncomingMessage) => void seen.push(`${message.value}`);
  const first = consume({ topics: [topic], handle });
  await waitUntil("two are handled", () => seen.length === 2);
  await first.stop();
  await send(topic, [{ key: "k", value: "3" }]);
  const second = consume({ topics: [topic], handle });
  await waitUntil("the third is handled", () => seen.includes("3"));
  await second.stop();
  assert.deepEqual(seen, ["1", "2", "3"]);
});

test("a poison message goes to the dead letters with its reason; the others flow on, each key in order", async () => {
  const topic = await parts.createTopic("poison", 1);
  const dead: string[] = [];
  const seen: string[] = [];
  const running = consume({
    topics: [topic],
    handle: async (message) => {
      if (message.value === null || `${message.value}`.startsWith("bad"))
        throw new RefusedMessage(`not good: ${message.value}`);
      if (`${message.value}` === "broken") throw new Error("always fails");
      seen.push(`${message.key}${message.value}`);
    },
    deadLetter: async ({ offset }, reason) => void dead.push(`${offset} ${reason}`),
  });
  await send(topic, [
    { key: "a", value: "1" },
    { key: "a", value: "bad" },
    { key: "a", value: "2" },
    { key: "b", value: null },
    { key: "b", value: "broken" },
    { key: "b", value: "3" },
  ]);
  await waitUntil("all are dealt with", () => seen.length === 3 && dead.length === 3);
  await running.stop();
  assert.deepEqual([...seen].sort(), ["a1", "a2", "b3"]);
  assert.deepEqual([...dead].sort(), ["1 not good: bad", "3 not good: null", "4 always fails"]);
});

test("what will pass is retried until it has, and holds up only its own key", async () => {
  const topic = await parts.createTopic("transient", 1);
  let away = true;
  const seen: string[] = [];
  const running = consume({
    topics: [topic],
    isTransient: () => true,
    handle: async (message) => {
      if (message.key === "slow" && away) throw new Error("the database is away");
      seen.push(`${message.value}`);
    },
    deadLetter: async () => assert.fail("nothing here is dead"),
  });
  await send(topic, [
    { key: "slow", value: "1" },
    { key: "slow", value: "2" },
    { key: "quick", value: "3" },
  ]);
  await waitUntil("the other key is handled", () => seen.includes("3"));
  assert.deepEqual(seen, ["3"]);
  away = false;
  await waitUntil("all are handled", () => seen.length === 3);
  await running.stop();
  assert.deepEqual(seen, ["3", "1", "2"]);
});

test("what was under way when it stopped comes again", async () => {
  const topic = await parts.createTopic("interrupted", 1);
  await send(topic, [{ key: "k", value: "1" }]);
  let begun = 0;
  const first = consume({
    topics: [topic],
    handle: async (_message, signal) => {
      begun++;
      await new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
      );
    },
  });
  await waitUntil("it is under way", () => begun === 1);
  await first.stop();
  const seen: string[] = [];
  const second = consume({ topics: [topic], handle: async (message) => void seen.push(`${message.value}`) });
  await waitUntil("it comes again", () => seen.length === 1);
  await second.stop();
});
