import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { encodeProtobuf } from "#contracts/otlp/codec.ts";
import { CompressionTypes } from "#lib/kafka.ts";
import { endpoints, eventually, openStack, type Part, startPart, type TestStack } from "./stack-for-tests.ts";
import { event } from "./testing.ts";

let stack: TestStack;
let worker: Part;

before(async () => {
  stack = await openStack(endpoints(process.env));
  worker = await startPart("ingest/main.ts", { ...stack.env });
});
after(async () => {
  await worker?.stop();
  await stack?.close();
});

const nanos = "1764000000123456789";
const spans = (traceId: string) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: "service.name", value: { stringValue: "gateway" } }] },
      scopeSpans: [{ spans: [{ traceId, spanId: "b7ad6b7169203331", name: "s", startTimeUnixNano: nanos }] }],
    },
  ],
});

/** The reasons of a topic's dead letters, sorted, once there are so many. */
async function reasonsOf(topic: string, count: number): Promise<string> {
  const { reasons } = await eventually(
    () =>
      stack.ask(
        `SELECT arraySort(groupArray(toString(reason))) AS reasons, count() AS n FROM dead_letters WHERE _topic = '${topic}'`,
      ),
    ({ n }) => Number(n) >= count,
  );
  return String(reasons);
}

test("garbage on saga.events is kept with its reason, and what follows it is stored", {
  timeout: 120_000,
}, async () => {
  const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x22, 0x5c, 0x0a]);
  const garbage = {
    not_json: "not json",
    bad_utf8: bytes,
    bad_schema: JSON.stringify(event({ id: 5 })),
    unknown_type: JSON.stringify(event({ type: "order.created" })),
    unknown_version: JSON.stringify(event({ dataschema: "urn:sagascope:saga-event:2" })),
    bad_time: JSON.stringify(event({ time: "9999-12-31T23:59:59Z" })),
    bad_text: JSON.stringify(event({ subject: "\udc00" })),
    tombstone: null,
    too_large: Buffer.alloc(10_000_000, 0x20),
  };
  const messages = Object.values(garbage).map((value) => ({ key: "one", value, headers: { from: "test" } }));
  for (const message of messages) await stack.producer.send({ topic: stack.topics.events, messages: [message] });
  await stack.producer.send({
    topic: stack.topics.events,
    messages: [{ key: "one", value: JSON.stringify(event({ id: "after" })) }],
  });
  assert.equal(
    await reasonsOf(stack.topics.events, Object.keys(garbage).length),
    Object.keys(garbage).sort().join(","),
  );
  await eventually(
    () => stack.ask("SELECT count() AS n FROM saga_events WHERE event_id = 'after'"),
    ({ n }) => n === "1",
  );
  const kept = await stack.ask(
    "SELECT hex(value) AS value, headers['from'] AS header FROM dead_letters WHERE reason = 'bad_utf8'",
  );
  assert.deepEqual(kept, { value: bytes.toString("hex").toUpperCase(), header: "test" });
  assert.deepEqual(await stack.ask("SELECT length(value) AS n FROM dead_letters WHERE reason = 'too_large'"), {
    n: "10000000",
  });
});

test("a few bytes that unpack to very many stop nothing", {
  timeout: 120_000,
}, async () => {
  const topic = stack.topics.events;
  const sizes = [60_000_000, 200_000_000];
  for (const size of sizes) {
    const messages = [{ key: "one", value: Buffer.alloc(size) }];
    await stack.producer.send({ topic, messages, compression: CompressionTypes.GZIP });
  }
  await stack.producer.send({ topic, messages: [{ key: "one", value: JSON.stringify(event({ id: "after bombs" })) }] });
  await eventually(
    () => stack.ask("SELECT count() AS n FROM saga_events WHERE event_id = 'after bombs'"),
    ({ n }) => n === "1",
  );
  await eventually(
    () =>
      stack.ask(
        `SELECT arraySort(groupArray((length(value), null_value))) AS kept FROM dead_letters
          WHERE reason = 'too_large' AND length(value) != 10000000`,
      ),
    ({ kept }) => String(kept) === "0,true,60000000,false",
  );
});

for (const topic of ["spans", "logs", "metrics"] as const)
  test(`garbage on otlp ${topic}`, { timeout: 120_000 }, async () => {
    const wrong = '{"resourceSpans":5,"resourceLogs":5,"resourceMetrics":5}';
    const values = ["not json", "{", wrong, '{"a":1}', Buffer.from([0x78, 0x05]), null];
    await stack.producer.send({ topic: stack.topics[topic], messages: values.map((value) => ({ value })) });
    const reasons = await reasonsOf(stack.topics[topic], values.length);
    assert.equal(reasons, "bad_otlp,bad_otlp,bad_otlp,bad_otlp,bad_otlp,tombstone");
  });

test("spans in JSON and in protobuf are stored beside it", { timeout: 120_000 }, async () => {
  const inBytes = JSON.parse(JSON.stringify(spans("")), (key, value) =>
    key === "spanId" ? Buffer.from(value, "hex") : value,
  );
  inBytes.resourceSpans[0].scopeSpans[0].spans[0].traceId = Buffer.alloc(16, 2);
  await stack.producer.send({
    topic: stack.topics.spans,
    messages: [
      { value: JSON.stringify(spans("01".repeat(16))) },
      { value: Buffer.from(encodeProtobuf("traces", inBytes)) },
    ],
  });
  const rows = await eventually(
    () =>
      stack.ask(
        "SELECT arraySort(groupArray(TraceId)) AS ids, any(ServiceName) AS service, toString(any(toUnixTimestamp64Nano(Timestamp))) AS at FROM otel_traces",
      ),
    ({ ids }) => String(ids).includes(","),
  );
  assert.deepEqual(rows, { ids: `${"01".repeat(16)},${"02".repeat(16)}`, service: "gateway", at: nanos });
});

test("everything read is stored or dead, by the counters", async () => {
  const text = await (await fetch(`${worker.url}/metrics`)).text();
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)$`, "gm"))].reduce((all, match) => all + Number(match[1]), 0);
  assert.equal(
    sum("sagascope_ingest_messages_total"),
    sum("sagascope_ingest_rows_stored_total") + sum("sagascope_ingest_dead_letters_total"),
  );
});
