import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { ReplayedMatching, ReplayMatchingRequest } from "#contracts/api/dead-letters.ts";
import { Endpoints } from "#contracts/endpoints.ts";
import { type Admin, createKafka } from "#lib/kafka.ts";
import { createSender, type Sender } from "#lib/kafka-sender.ts";
import { createLogger } from "#lib/log.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { countDeadLetters } from "#store/clickhouse/queries/dead-letters.ts";
import { createStatePool, type StatePool } from "#store/postgres/client.ts";
import { createLogReader } from "./log-reader.ts";
import { replayMatching } from "./replay-matching.ts";

const topic = `test_${randomUUID()}`;
const at = Endpoints.parse(JSON.parse(readFileSync(process.env.SAGASCOPE_ENDPOINTS ?? "", "utf8")));
const kafkaAt = (broker: string, retries: number) =>
  createKafka(
    { KAFKA_BROKERS: [broker], KAFKA_TLS: false },
    { clientId: "test", log: createLogger("test", "silent"), retries },
  );

let admin: Admin;
let store: OwnDatabase;
let state: StatePool;
let sender: Sender;
before(async () => {
  const kafka = kafkaAt(at.kafka, 8);
  admin = kafka.admin();
  sender = createSender(kafka);
  state = createStatePool(at.postgres, { application: "test" });
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
  store = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
});
after(async () => {
  await sender?.stop();
  await admin?.deleteTopics({ topics: [topic] });
  await admin?.disconnect();
  await Promise.all([store?.drop(), state?.end()]);
});

/** Where the next letters begin to stand; no message of these tests gets so far. */
let offset = 1_000_000;

/** Letters of messages that were never in the topic; of one reason each, all within a minute that is over. */
async function die(reason: string, values: readonly string[]): Promise<void> {
  const deadMs = Date.now() - 60_000;
  await store.client.insert({
    table: "dead_letters",
    format: "JSONEachRow",
    values: values.map((value, index) => ({
      _topic: topic,
      _partition: 0,
      _offset: offset++,
      key: "order-1",
      value,
      reason,
      detail: "made for a test",
      message_time: (deadMs / 1000).toFixed(3),
      dead_at: ((deadMs + index) / 1000).toFixed(3),
    })),
    clickhouse_settings: { async_insert: 0 },
  });
}

const events = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ id: `${name}-${index}`, correlationid: "order-1" }));

const replay = async (request: Record<string, unknown>, send: Sender["send"] = sender.send) =>
  ReplayedMatching.parse(
    await replayMatching(ReplayMatchingRequest.parse({ topic: [topic], ...request }), {
      client: store.client,
      state,
      kafka: { send, log: createLogReader(() => admin, { topics: [topic], group: "nobody" }) },
      nowMs: Date.now(),
    }),
  );

const sent = async () => Number((await admin.fetchTopicOffsets(topic))[0]?.high);

const told = ({ replayed, already, failed }: ReplayedMatching) => ({ replayed, already, failed });

async function replays(): Promise<Record<string, string>> {
  const answer = await store.client.query({
    query: `SELECT count() AS all, uniqExact(letter) AS letters, groupUniqArray(actor) AS actors
      FROM dead_letter_replays WHERE stage = 'sent'`,
    format: "JSONEachRow",
  });
  const [row = {}] = await answer.json<Record<string, unknown>>();
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]));
}

test("what a filter selects is replayed call after call, once, each in the operator's name; no other is", {
  timeout: 120_000,
}, async () => {
  await die("bad_time", events("many", 130));
  await die("bad_schema", events("other", 3));
  const first = await replay({ reason: ["bad_time"], limit: 60 });
  assert.deepEqual(told(first), { replayed: 60, already: 0, failed: 0 });
  const { from, to } = first;
  const second = await replay({ reason: ["bad_time"], limit: 60, from, to, cursor: first.next });
  const third = await replay({ reason: ["bad_time"], limit: 60, from, to, cursor: second.next });
  assert.deepEqual([told(second).replayed, told(third).replayed, third.next], [60, 10, null]);
  assert.equal(await sent(), 130);
  assert.deepEqual(await replays(), { all: "130", letters: "130", actors: "web" });
  const again = await replay({ reason: ["bad_time"], from, to });
  assert.deepEqual([told(again), again.next], [{ replayed: 0, already: 0, failed: 0 }, null]);
  const asked = await replay({ reason: ["bad_time"], state: ["replayed"], limit: 5 });
  assert.deepEqual(told(asked), { replayed: 0, already: 5, failed: 0 });
  assert.equal(await sent(), 130);
});

test("of two who replay the same at the same time each letter is sent by one", { timeout: 120_000 }, async () => {
  await die("no_id", events("at-once", 20));
  const before = await sent();
  const both = await Promise.all([1, 2].map(() => replay({ reason: ["no_id"] })));
  assert.equal(
    both.reduce((sum, { replayed }) => sum + replayed, 0),
    20,
  );
  assert.ok(both.every(({ replayed, already }) => replayed + already === 20));
  assert.equal(await sent(), before + 20);
});

test("what cannot be mended does not keep the others back, and says why", { timeout: 60_000 }, async () => {
  await die("bad_step", [...events("mend", 2), "no JSON"]);
  const before = await sent();
  const answer = await replay({ reason: ["bad_step"], patch: { data: { step: "pay" } } });
  assert.deepEqual(told(answer), { replayed: 2, already: 0, failed: 1 });
  assert.match(answer.problems[0]?.detail ?? "", /JSON/);
  assert.equal(await sent(), before + 2);
});

test("what dies after the time that was asked for is left alone", { timeout: 60_000 }, async () => {
  const to = new Date(Date.now() - 120_000).toISOString();
  const from = new Date(Date.now() - 3_600_000).toISOString();
  await die("tombstone", events("later", 2));
  assert.deepEqual(told(await replay({ reason: ["tombstone"], from, to })), { replayed: 0, already: 0, failed: 0 });
  assert.deepEqual(told(await replay({ reason: ["tombstone"], before: to })), { replayed: 0, already: 0, failed: 0 });
});

test("all that were counted are sent, and none that died since", { timeout: 60_000 }, async () => {
  await die("bad_version", events("counted", 3));
  const nowMs = Date.now();
  const filter = {
    window: { fromMs: nowMs - 3_600_000, toMs: nowMs },
    states: [],
    reasons: ["bad_version"],
    topics: [],
  };
  const { total, countedBefore } = await countDeadLetters(createAsker(store.client), filter, nowMs);
  await die("bad_version", events("since", 2));
  const answer = await replay({ reason: ["bad_version"], before: countedBefore });
  assert.deepEqual([total, told(answer)], [3, { replayed: 3, already: 0, failed: 0 }]);
});

test("where Kafka falls silent it ends, and what was surely not sent is the next call's", {
  timeout: 60_000,
}, async () => {
  await die("bad_utf8", events("silent", 4));
  const nowhere = createSender(kafkaAt("127.0.0.1:1", 0));
  await assert.rejects(replay({ reason: ["bad_utf8"] }, nowhere.send), { code: "KAFKA_REFUSED" });
  let left = 2;
  const falling: Sender["send"] = (message) => (left-- > 0 ? sender.send(message) : nowhere.send(message));
  const answer = await replay({ reason: ["bad_utf8"] }, falling);
  assert.deepEqual(told(answer), { replayed: 2, already: 0, failed: 0 });
  assert.match(answer.stopped ?? "", /does not answer/);
  const { from, to, next: cursor } = answer;
  assert.deepEqual(told(await replay({ reason: ["bad_utf8"], from, to, cursor })), {
    replayed: 2,
    already: 0,
    failed: 0,
  });
  await nowhere.stop();
});
