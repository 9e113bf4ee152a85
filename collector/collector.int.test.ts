import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeTracerProvider, SimpleSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-node";
import { Endpoints } from "#contracts/endpoints.ts";
import { decodeProtobuf, encodeProtobuf } from "#contracts/otlp/codec.ts";
import { decodeJson, type Fields } from "#contracts/otlp/json.ts";
import { walkRequest } from "#contracts/otlp/walk.ts";
import { createKafka, type KafkaMessage } from "#lib/kafka.ts";
import { createLogger } from "#lib/log.ts";
import { maxBodyBytes } from "./read-body.ts";

const endpointsFile = process.env.SAGASCOPE_ENDPOINTS;
if (!endpointsFile) throw new Error("SAGASCOPE_ENDPOINTS must name the endpoints.json of a running stack");
const { kafka: broker } = Endpoints.parse(JSON.parse(readFileSync(endpointsFile, "utf8")));
const kafka = createKafka(
  { KAFKA_BROKERS: [broker], KAFKA_TLS: false },
  { clientId: "test", log: createLogger("test", "silent") },
);
const admin = kafka.admin();
const topic = `test_${randomUUID()}.spans`;
const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 });
const messages: KafkaMessage[] = [];
const started: ChildProcess[] = [];
let url: string;

before(async () => {
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
  url = await startCollector(broker);
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void messages.push(message) });
});
after(async () => {
  for (const child of started) {
    child.kill("SIGTERM");
    const [code] = child.exitCode === null ? await once(child, "exit") : [child.exitCode];
    assert.equal(code, 0);
  }
  await consumer.disconnect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
});

async function startCollector(brokers: string): Promise<string> {
  const env = { NODE_ENV: "test" as const, PORT: "0", KAFKA_BROKERS: brokers, OTLP_SPANS_TOPIC: topic };
  const child = spawn(process.execPath, [`${import.meta.dirname}/main.ts`], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  for await (const line of createInterface(child.stdout)) {
    const port = /"port":(\d+)/.exec(line)?.[1];
    if (port !== undefined) {
      child.stdout.resume();
      return `http://127.0.0.1:${port}`;
    }
  }
  throw new Error("The collector ended before it listened");
}

async function until<T>(ask: () => T | undefined, what: string): Promise<T> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
    const answer = ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Still not so: ${what}`);
}

async function exportSpan(exporter: SpanExporter, name: string): Promise<void> {
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider
    .getTracer("test")
    .startSpan(name, { attributes: { "saga.id": "order-1", n: 5 } })
    .end();
  await provider.forceFlush();
  await provider.shutdown();
}

function spanNames(request: Fields): unknown[] {
  return [...walkRequest("traces", request)].flatMap(({ records }) => records.map((span) => span.name));
}

for (const { name, exporter, decode } of [
  { name: "JSON", exporter: JsonExporter, decode: decodeJson },
  { name: "protobuf", exporter: ProtobufExporter, decode: (bytes: Buffer) => decodeProtobuf("traces", bytes) },
] as const)
  for (const compression of ["none", "gzip"])
    test(`a span by OpenTelemetry's exporter in ${name}, ${compression}`, { timeout: 60_000 }, async () => {
      const span = `${name} ${compression}`;
      await exportSpan(new exporter({ url: `${url}/v1/traces`, compression: compression as never }), span);
      const found = await until(() => messages.find(({ value }) => value?.includes(span)), span);
      assert.deepEqual(spanNames(decode(found.value as Buffer)), [span]);
      assert.match(String(found.headers?.["content-type"]), name === "JSON" ? /json/ : /protobuf/);
    });

const json = { "content-type": "application/json" };
const protobuf = { "content-type": "application/x-protobuf" };
const gzip = { "content-encoding": "gzip" };

for (const { name, path, method, headers, body, status } of [
  { name: "garbage as JSON", headers: json, body: "garbage", status: 400 },
  { name: "JSON that is no request", headers: json, body: '{"resourceSpans":5}', status: 400 },
  { name: "a list", headers: json, body: "[]", status: 400 },
  { name: "bytes that are not UTF-8", headers: json, body: Buffer.from([0x22, 0xff, 0x22]), status: 400 },
  { name: "garbage as protobuf", headers: protobuf, body: "garbage garbage", status: 400 },
  { name: "bytes that say nothing", headers: protobuf, body: Buffer.from([0x78, 0x05]), status: 400 },
  { name: "JSON that says nothing", headers: json, body: '{"a":1}', status: 400 },
  { name: "what is not gzip", headers: { ...json, ...gzip }, body: "garbage", status: 400 },
  { name: "an unknown encoding", headers: { ...json, "content-encoding": "br" }, body: "x", status: 415 },
  { name: "another content type", headers: { "content-type": "text/plain" }, body: "x", status: 415 },
  { name: "no content type", headers: {}, body: Buffer.from("x"), status: 415 },
  { name: "too much", headers: json, body: Buffer.alloc(maxBodyBytes + 1, 0x20), status: 413 },
  {
    name: "too much once unpacked",
    headers: { ...json, ...gzip },
    body: gzipSync(Buffer.alloc(maxBodyBytes + 1)),
    status: 413,
  },
  { name: "another path", path: "/v1/profiles", headers: json, body: "{}", status: 404 },
  { name: "another method", method: "PUT", headers: json, body: "{}", status: 405 },
  { name: "nothing in JSON", headers: json, body: "{}", status: 200 },
  { name: "nothing in protobuf", headers: protobuf, body: Buffer.alloc(0), status: 200 },
])
  test(`${name}: ${status}`, { timeout: 60_000 }, async () => {
    const answer = await fetch(`${url}${path ?? "/v1/traces"}`, { method: method ?? "POST", headers, body });
    assert.equal(answer.status, status);
    const type = headers === protobuf ? "application/x-protobuf" : "application/json";
    assert.equal(answer.headers.get("content-type"), type);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (status === 200) return;
    if (headers === protobuf) assert.ok(bytes.includes("OTLP traces request"));
    else assert.ok(Number(JSON.parse(String(bytes)).code) > 0);
  });

test("when Kafka is away it says so, and when to try again", { timeout: 60_000 }, async () => {
  const alone = await startCollector("127.0.0.1:1");
  assert.equal((await fetch(`${alone}/readyz`)).status, 503);
  assert.equal((await fetch(`${alone}/healthz`)).status, 200);
  const span = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1), name: "s" };
  const body = Buffer.from(encodeProtobuf("traces", { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
  const answer = await fetch(`${alone}/v1/traces`, { method: "POST", headers: protobuf, body });
  assert.equal(answer.status, 503);
  assert.ok(Number(answer.headers.get("retry-after")) > 0);
});
