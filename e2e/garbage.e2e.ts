import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import { cloudEventsContentType, type SagaEventInput } from "#contracts/saga-event.ts";
import { topics } from "#contracts/topics.ts";
import { endpoints, eventually, numbers, openStore, placeOrder, sagaIn } from "./stack.ts";

let producer: Producer;
before(async () => {
  const kafka = new Kafka({ clientId: "e2e", brokers: endpoints().kafka.split(","), logLevel: logLevel.NOTHING });
  producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
});
after(() => producer.disconnect());

const good = (more: Partial<Record<keyof SagaEventInput, unknown>> = {}) => ({
  specversion: "1.0",
  id: randomUUID(),
  source: "/services/e2e",
  type: "saga.started",
  correlationid: `e2e-${randomUUID()}`,
  time: new Date().toISOString(),
  sagatype: "garbage-test",
  data: {},
  ...more,
});
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

const garbage: readonly { name: string; value: Buffer | null; reason: string }[] = [
  { name: "not JSON", value: Buffer.from("hello, world"), reason: "not_json" },
  { name: "half a JSON", value: json(good()).subarray(0, 90), reason: "not_json" },
  {
    name: "two JSON values in one",
    value: Buffer.concat([json(good()), Buffer.from("\n"), json(good())]),
    reason: "not_json",
  },
  { name: "random bytes", value: Buffer.concat([Buffer.from([0xff, 0xfe]), randomBytes(200)]), reason: "bad_utf8" },
  { name: "wrong types", value: json(good({ id: 5, source: true })), reason: "bad_schema" },
  { name: "a list", value: json([good()]), reason: "bad_schema" },
  { name: "null", value: Buffer.from("null"), reason: "bad_schema" },
  { name: "an unknown type", value: json(good({ type: "saga.exploded" })), reason: "unknown_type" },
  {
    name: "of a later version",
    value: json(good({ dataschema: "urn:sagascope:saga-event:2" })),
    reason: "unknown_version",
  },
  { name: "of another specversion", value: json(good({ specversion: "0.3" })), reason: "unknown_version" },
  { name: "the year 9999", value: json(good({ time: "9999-12-31T23:59:59Z" })), reason: "bad_time" },
  { name: "the 30th of February", value: json(good({ time: "2026-02-30T25:00:00Z" })), reason: "bad_time" },
  {
    name: "a lone surrogate",
    value: Buffer.from(JSON.stringify(good()).replace("e2e-", "\\ud800-")),
    reason: "bad_text",
  },
  { name: "10 MB", value: json(good({ data: { payload: "x".repeat(10_000_000) } })), reason: "too_large" },
  { name: "a tombstone", value: null, reason: "tombstone" },
];

for (const { name, value, reason } of garbage) {
  test(`a saga event that is ${name} becomes a dead letter: ${reason}`, async () => {
    const mark = randomUUID();
    const [sent] = await producer.send({ topic: topics.sagaEvents, messages: [{ key: mark, value }] });
    const where = `_topic = '${topics.sagaEvents}' AND _partition = ${sent?.partition} AND _offset = ${sent?.baseOffset}`;
    const letter = await eventually("its dead letter", async () => {
      const store = openStore();
      const answer = await store.query({
        query: `SELECT reason, detail, key, length(value) AS bytes FROM dead_letters WHERE ${where}`,
        format: "JSONEachRow",
      });
      const rows = await answer.json<{ reason: string; detail: string; key: string; bytes: string }>();
      await store.close();
      return rows[0];
    });
    assert.equal(letter.reason, reason);
    assert.equal(letter.key, mark);
    assert.equal(Number(letter.bytes), value?.byteLength ?? 0);
    assert.ok(letter.detail.length > 10);
  });
}

const fieldOf = {
  [topics.spans]: "resourceSpans",
  [topics.logs]: "resourceLogs",
  [topics.metrics]: "resourceMetrics",
} as const;
for (const topic of [topics.spans, topics.logs, topics.metrics]) {
  test(`garbage on ${topic} becomes dead letters`, async () => {
    const values = [
      Buffer.from("not protobuf at all"),
      Buffer.from([0xff, 0xff, 0xff]),
      Buffer.from(`{"${fieldOf[topic]}": 5}`),
    ];
    const sent = await producer.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) });
    await eventually("three dead letters", async () => {
      const { dead } = await numbers<"dead">(
        `SELECT count() AS dead FROM dead_letters WHERE _topic = '${topic}' AND _partition = 0 AND _offset >= ${sent[0]?.baseOffset}`,
      );
      return dead === values.length;
    });
  });
}

test("what is good flows on between what is not, and is stored once", async () => {
  const event = good();
  const message = (value: Buffer) => ({
    key: "one-partition",
    value,
    headers: { "content-type": cloudEventsContentType },
  });
  await producer.send({
    topic: topics.sagaEvents,
    messages: [message(Buffer.from("{")), message(json(event)), message(Buffer.from("}"))],
  });
  await eventually("the good one is stored", async () => {
    const { stored } = await numbers<"stored">(
      `SELECT count() AS stored FROM saga_events WHERE event_id = '${event.id}'`,
    );
    return stored === 1;
  });
  await sagaIn((await placeOrder({})).sagaId, ["completed"], 60_000);
});

const bearer = () => ({ authorization: `Bearer ${endpoints().token}` });
const requests: readonly { name: string; url: () => string; init?: RequestInit; status: number }[] = [
  {
    name: "OTLP that is not JSON",
    url: () => `${endpoints().otlp}/v1/traces`,
    init: post("application/json", "{"),
    status: 400,
  },
  {
    name: "OTLP of wrong types",
    url: () => `${endpoints().otlp}/v1/logs`,
    init: post("application/json", '{"resourceLogs":7}'),
    status: 400,
  },
  {
    name: "OTLP that is not protobuf",
    url: () => `${endpoints().otlp}/v1/metrics`,
    init: post("application/x-protobuf", "\xff\xff\xff"),
    status: 400,
  },
  {
    name: "OTLP of a strange type",
    url: () => `${endpoints().otlp}/v1/traces`,
    init: post("text/plain", "x"),
    status: 415,
  },
  {
    name: "an order that is not JSON",
    url: () => `${endpoints().gateway}/orders/orders`,
    init: post("application/json", "{"),
    status: 400,
  },
  {
    name: "an order of wrong types",
    url: () => `${endpoints().gateway}/orders/orders`,
    init: post("application/json", '{"customerId":1,"items":"all"}'),
    status: 400,
  },
  {
    name: "an order of 10 MB",
    url: () => `${endpoints().gateway}/orders/orders`,
    init: post("application/json", `"${"x".repeat(10_000_000)}"`),
    status: 413,
  },
  { name: "an unknown service", url: () => `${endpoints().gateway}/nobody/home`, status: 404 },
  {
    name: "a date in the year 99999",
    url: () => `${endpoints().web}/api/v1/sagas?from=99999-01-01`,
    init: { headers: bearer() },
    status: 400,
  },
  {
    name: "an unknown state",
    url: () => `${endpoints().web}/api/v1/sagas?state=exploded`,
    init: { headers: bearer() },
    status: 400,
  },
  {
    name: "a cursor of noise",
    url: () => `${endpoints().web}/api/v1/sagas?cursor=%00%ff`,
    init: { headers: bearer() },
    status: 400,
  },
  {
    name: "a saga that is not there",
    url: () => `${endpoints().web}/api/v1/sagas/nothing-here`,
    init: { headers: bearer() },
    status: 404,
  },
  { name: "no token", url: () => `${endpoints().web}/api/v1/sagas`, status: 401 },
  {
    name: "a wrong token",
    url: () => `${endpoints().web}/api/v1/sagas`,
    init: { headers: { authorization: "Bearer wrong" } },
    status: 401,
  },
  {
    name: "a rule of wrong types",
    url: () => `${endpoints().web}/api/v1/alerts/rules`,
    init: post("application/json", '{"name":5}', bearer),
    status: 400,
  },
];

function post(type: string, body: string, more: () => Record<string, string> = () => ({})): RequestInit {
  return { method: "POST", headers: { "content-type": type, ...more() }, body: Buffer.from(body, "latin1") };
}

for (const { name, url, init, status } of requests) {
  test(`${name} is answered with ${status} and a reason`, async () => {
    const answer = await fetch(url(), init);
    const said = await answer.text();
    assert.equal(answer.status, status, said);
    assert.ok(said.length > 5, "says nothing");
    assert.doesNotMatch(said, /\bat .+:\d+:\d+/, "shows a stack trace");
  });
}
