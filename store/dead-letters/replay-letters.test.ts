import assert from "node:assert/strict";
import { test } from "node:test";
import { SagascopeError } from "#lib/errors.ts";
import { KafkaNotReached } from "#lib/kafka-sender.ts";
import type { ReplayRecord } from "#store/clickhouse/inserts/record-replays.ts";
import type { DeadMessage } from "#store/clickhouse/queries/dead-letter.ts";
import type { Edit } from "./edited-value.ts";
import { planReplay, replayLetters } from "./replay-letters.ts";

const dead = (more: Partial<DeadMessage> = {}): DeadMessage => ({
  letter: "saga.events:1:5",
  topic: "saga.events",
  partition: 1,
  offset: "5",
  part: 0,
  key: Buffer.from("order-1"),
  value: Buffer.from('{"id":"e-1","correlationid":"order-1","data":{"step":5}}'),
  bytes: 10,
  headers: [],
  messageAt: "2026-01-01T00:00:00.000Z",
  ...more,
});

for (const { name, edit, value, edited } of [
  { name: "as it was", edit: { kind: "none" }, value: dead().value?.toString(), edited: false },
  { name: "another value", edit: { kind: "value", value: Buffer.from("{}") }, value: "{}", edited: true },
  {
    name: "a patch",
    edit: { kind: "patch", patch: { data: { step: "pay" } } },
    value: '{"id":"e-1","correlationid":"order-1","data":{"step":"pay"}}',
    edited: true,
  },
] satisfies { name: string; edit: Edit; value: string | undefined; edited: boolean }[])
  test(`a replay of ${name}`, () => {
    const { message, record } = planReplay(dead(), edit);
    assert.equal(message.value?.toString(), value);
    assert.equal(record.edited !== null, edited);
    assert.deepEqual([message.topic, message.partition, message.key?.toString()], ["saga.events", 1, "order-1"]);
    assert.equal(String(message.headers["sagascope-replay-of"]), "saga.events/1/5");
  });

test("headers go along with their bytes; that of an earlier replay is replaced", () => {
  const bytes = Buffer.from([0xff, 0]);
  const headers = [
    { name: "a", value: bytes },
    { name: "a", value: Buffer.from("2") },
    { name: "sagascope-replay-of", value: Buffer.from("saga.events/1/4") },
  ];
  const { message } = planReplay(dead({ letter: "saga.events:1:4", headers }), { kind: "none" });
  assert.deepEqual(message.headers, {
    a: [bytes, Buffer.from("2")],
    "sagascope-replay-of": [Buffer.from("saga.events/1/4")],
  });
});

test("the time at which a message was sent first goes along with every replay", () => {
  const { message } = planReplay(dead(), { kind: "none" });
  assert.equal(String(message.headers["sagascope-replay-time"]), String(Date.UTC(2026, 0, 1)));
  const headers = Object.entries(message.headers).map(([name, values]) => ({
    name,
    value: Buffer.from(String(values[0])),
  }));
  const again = planReplay(dead({ headers, messageAt: "2026-02-02T00:00:00.000Z" }), { kind: "none" });
  assert.deepEqual(again.message.headers, message.headers);
});

test("an event in binary mode names its saga by its headers", () => {
  const headers = [
    { name: "ce_id", value: Buffer.from("e-9") },
    { name: "ce_correlationid", value: Buffer.from("order-9") },
  ];
  const { record } = planReplay(dead({ headers, value: Buffer.from("{") }), { kind: "none" });
  assert.deepEqual([record.eventId, record.sagaId], ["e-9", "order-9"]);
});

test("nothing can be set in what is not JSON", () => {
  for (const value of [Buffer.from("not json"), Buffer.from([0xff])])
    assert.throws(() => planReplay(dead({ value }), { kind: "patch", patch: { a: 1 } }), { code: "BAD_REQUEST" });
});

const spans = (...names: string[]) =>
  Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: names.map((name) => ({ name })) }] }] }));
const part = { letter: "otlp_spans:0:7:2", topic: "otlp_spans", part: 2 };

test("a record of a message is sent again as the message that it is kept as, in JSON", () => {
  const headers = [{ name: "content-type", value: Buffer.from("application/x-protobuf") }];
  const { message } = planReplay(dead({ ...part, headers, value: spans("a") }), { kind: "none" });
  assert.deepEqual(message.value, spans("a"));
  assert.equal(String(message.headers["sagascope-replay-of"]), "otlp_spans/0/7/2");
  assert.equal(String(message.headers["content-type"]), "application/json");
});

for (const { name, value } of [
  { name: "the whole message of a row that the store refused", value: spans("a", "b") },
  { name: "a piece of a record", value: Buffer.from('{"spanId":"b7ad6b7169203331","events":[]}') },
  { name: "protobuf", value: Buffer.from([0x0a, 0]) },
])
  test(`a part that is kept as ${name} is not sent, and told what to do`, () => {
    const refused = { code: "BAD_REQUEST", message: /at its source/ };
    assert.throws(() => planReplay(dead({ ...part, value }), { kind: "none" }), refused);
  });

/** A Kafka that answers as told, and a store that keeps what it is told. */
function peers(answers: (string | SagascopeError)[]) {
  const did: string[] = [];
  const records: ReplayRecord[] = [];
  return {
    did,
    records,
    ports: {
      actor: "test",
      now: () => 7,
      record: async (told: readonly ReplayRecord[]) => {
        did.push(`record ${told.map(({ stage }) => stage).join(" ")}`);
        records.push(...told);
      },
      send: async () => {
        const answer = answers.shift() ?? assert.fail("sent too often");
        if (typeof answer !== "string") throw answer;
        did.push(`send ${answer}`);
        return answer;
      },
    },
  };
}

const plans = (count: number) => Array.from({ length: count }, () => planReplay(dead(), { kind: "none" }));

test("the intent is kept before anything is sent, the places after", async () => {
  const { did, records, ports } = peers(["8", "9"]);
  await replayLetters(plans(2), ports);
  assert.deepEqual(did, ["record begun begun", "send 8", "send 9", "record sent sent"]);
  assert.deepEqual(
    records.slice(2).map(({ place }) => place),
    [
      { partition: 1, offset: "8" },
      { partition: 1, offset: "9" },
    ],
  );
});

test("nothing is sent whose intent could not be kept", async () => {
  const { did, ports } = peers(["8"]);
  const record = async () => {
    throw new SagascopeError("STORE_DOWN", "away");
  };
  await assert.rejects(replayLetters(plans(1), { ...ports, record }), { code: "STORE_DOWN" });
  assert.deepEqual(did, []);
});

test("what was sent is written down although the store was away for a moment", async () => {
  const { did, ports } = peers(["8"]);
  let away = 2;
  const record = async (told: readonly ReplayRecord[]) => {
    if (told[0]?.stage === "sent" && away-- > 0) throw new SagascopeError("STORE_DOWN", "away");
    await ports.record(told);
  };
  const [outcome] = await replayLetters(plans(1), { ...ports, record });
  assert.equal(outcome?.kind, "sent");
  assert.deepEqual(did, ["record begun", "send 8", "record sent"]);
});

test("what Kafka refuses does not keep the others back", async () => {
  const { did, ports } = peers([new SagascopeError("KAFKA_REFUSED", "too large"), "9"]);
  const outcomes = await replayLetters(plans(2), ports);
  assert.deepEqual(did, ["record begun begun", "send 9", "record refused sent"]);
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ["refused", "sent"],
  );
});

test("where Kafka is not there, no other is tried", async () => {
  const { did, ports } = peers([new KafkaNotReached(new Error("ECONNREFUSED")), "9"]);
  const outcomes = await replayLetters(plans(2), ports);
  assert.deepEqual(did, ["record begun begun", "record refused refused"]);
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ["refused", "refused"],
  );
});

test("where Kafka does not say, nothing is claimed of that message, and no other is tried", async () => {
  const { did, ports } = peers(["8", new SagascopeError("KAFKA_DOWN", "gone")]);
  const outcomes = await replayLetters(plans(3), ports);
  assert.deepEqual(did, ["record begun begun begun", "send 8", "record sent refused"]);
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ["sent", "unknown", "refused"],
  );
});
