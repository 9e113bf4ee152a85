import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type QuestionName, questions } from "#contracts/api/questions.ts";
import { Limits } from "#sagas/outlook/limits.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { alertSagas } from "#store/clickhouse/queries/alert-sagas.ts";
import { countDuplicates } from "#store/clickhouse/queries/count-duplicates.ts";
import { ingestProgress } from "#store/clickhouse/queries/ingest-progress.ts";
import { makeHistory, storeHistory } from "#store/clickhouse/queries/made-history.ts";
import { sagaStarts } from "#store/clickhouse/queries/saga-starts.ts";
import { createRollUp } from "#store/clickhouse/rollups/roll-up.ts";
import type { Answering } from "./answers/answering.ts";
import { answers } from "./answers/answers.ts";
import { answerPipeline } from "./answers/pipeline.ts";
import { parseParams } from "./params.ts";

const nowMs = Date.UTC(2026, 5, 2, 0, 30);
const spanMs = 2 * 3_600_000;
const sagas = makeHistory({ count: 200, nowMs, spanMs, seed: "duplicates" });
const events = sagas.flatMap((saga) => saga.events);
const window = { fromMs: nowMs - spanMs, toMs: nowMs };
const range = { from: new Date(window.fromMs).toISOString(), to: new Date(window.toMs).toISOString() };
const traceId = sagas[0]?.events[0]?.traceId ?? "";

let once: OwnDatabase;
let twice: OwnDatabase;

before(async () => {
  [once, twice] = [await open(), await open()];
  // The producers sent each event again: the same in everything but its place and when it was stored.
  const again = (table: string, changed: string) =>
    twice.client.command({
      query: `INSERT INTO ${table} SELECT * REPLACE (${changed}) FROM ${table}`,
      clickhouse_settings: { async_insert: 0 },
    });
  await again("saga_events", "_offset + 1000000 AS _offset, ingested_at + toIntervalSecond(1) AS ingested_at");
  await again("otel_traces", "_offset + 1000000 AS _offset");
  for (const { client } of [once, twice]) await createRollUp(client).turn(60_000);
});
after(async () => {
  await once?.drop();
  await twice?.drop();
});

async function open(): Promise<OwnDatabase> {
  const database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  await storeHistory(database.client, sagas, { parts: 1 });
  await database.client.insert({
    table: "otel_traces",
    format: "JSONEachRow",
    values: sagas.slice(0, 50).map((saga, index) => ({
      Timestamp: saga.startedAt.replace("T", " ").replace("Z", ""),
      TraceId: saga.events[0]?.traceId,
      SpanId: String(index + 1).padStart(16, "0"),
      SpanName: "POST /orders",
      SpanKind: "Server",
      ServiceName: "gateway",
      SpanAttributes: { "http.request.method": "POST", "http.route": "/orders", "http.response.status_code": "202" },
      Duration: 1_000_000 * (index + 1),
      StatusCode: "Unset",
    })),
    clickhouse_settings: { async_insert: 0 },
  });
  return database;
}

const answering = (database: OwnDatabase): Answering => ({
  asker: createAsker(database.client),
  nowMs,
  limits: Limits.none,
  gateways: ["gateway"],
  topics: { events: "saga.events", spans: "otlp_spans" },
  kafka: undefined,
});

/** Every question but those that are about rows and messages, not about events. */
const asked: Record<Exclude<QuestionName, "pipeline" | "dead-letters" | "deadLetter">, object> = {
  freshness: {},
  overview: range,
  sagas: { ...range, limit: "500", sort: "duration" },
  definition: { ...range, id: "order-fulfilment" },
  sagaValues: { ...range, facet: "failedStep" },
  differences: { ...range, state: "failed,compensated" },
  saga: { id: sagas[3]?.id },
  sagaCompare: { id: sagas[3]?.id },
  sagaEvents: { id: sagas[3]?.id },
  sagaAudit: { id: sagas[3]?.id },
  sagaTraces: { id: sagas[0]?.id },
  sagaLogs: { id: sagas[0]?.id },
  traces: range,
  trace: { id: traceId },
  logs: range,
  latency: { ...range, type: "order-fulfilment", step: "charge-payment" },
  gateway: range,
  types: range,
  errors: range,
  releases: { ...range, type: "order-fulfilment" },
  releaseVerdict: {
    type: "order-fulfilment",
    service: "orders",
    baseline: "v1.4.2",
    canary: "v2",
    since: new Date(nowMs - spanMs / 2).toISOString(),
  },
  services: range,
  serviceMap: range,
  search: { q: "card" },
};

for (const [name, given] of Object.entries(asked) as [keyof typeof asked, object][]) {
  test(`${name}: an event that was sent twice counts once`, async () => {
    const ask = answers[name] as (params: unknown, answering: Answering) => Promise<object>;
    const params = parseParams(questions[name].params, given);
    const [first, second] = [await ask(params, answering(once)), await ask(params, answering(twice))];
    assert.deepEqual(withoutMarks(second), withoutMarks(first));
    assert.ok(name === "freshness" || JSON.stringify(first).length > 20);
  });
}

/** An answer without the mark that an event bears which was sent again. */
const withoutMarks = (answer: object): unknown =>
  JSON.parse(JSON.stringify(answer), (key, value) => (key === "duplicates" ? undefined : value));

test("whole sagas over all their steps: lists by every state, latency of every type", async () => {
  for (const [name, given] of [
    ...["running", "completed", "compensating", "compensated", "failed", "resolved"].map(
      (state) => ["sagas", { ...range, state }] as const,
    ),
    ["sagas", { ...range, verdict: "inconsistent" }] as const,
    ["latency", range] as const,
  ]) {
    const ask = answers[name] as (params: unknown, answering: Answering) => Promise<object>;
    const params = parseParams(questions[name].params, given);
    assert.deepEqual(await ask(params, answering(twice)), await ask(params, answering(once)), JSON.stringify(given));
  }
});

for (const condition of ["failed", "compensated", "overdue"] as const)
  test(`alerts on ${condition} sagas count once`, async () => {
    const count = (database: OwnDatabase) =>
      alertSagas(
        createAsker(database.client),
        { condition, sagaType: null },
        { window, most: 10, limits: Limits.none },
      );
    assert.deepEqual(await count(twice), await count(once));
  });

test("ingest is told the same of when sagas began", async () => {
  const ids = sagas.slice(0, 20).map(({ id }) => id);
  assert.deepEqual(await sagaStarts(twice.client, ids), await sagaStarts(once.client, ids));
});

test("a saga's events say which were sent again", async () => {
  const params = { id: sagas[3]?.id ?? "" };
  const ask = answers.saga as (params: unknown, answering: Answering) => Promise<{ events: object[] }>;
  for (const [database, duplicates] of [
    [once, 0],
    [twice, 1],
  ] as const) {
    const { events: told } = await ask(params, answering(database));
    assert.ok(told.length > 0);
    for (const event of told) assert.equal("duplicates" in event && event.duplicates, duplicates);
  }
});

test("the pipeline counts them among the rows stored in a time", async () => {
  const stored = { fromMs: window.fromMs - 60_000, toMs: nowMs + 60_000 };
  const { count, rows } = await countDuplicates(createAsker(twice.client), stored);
  assert.deepEqual([count, rows], [events.length, events.length * 2]);
  assert.equal((await countDuplicates(createAsker(once.client), stored)).count, 0);
  const later = { fromMs: nowMs + 3_600_000, toMs: nowMs + 7_200_000 };
  assert.equal((await countDuplicates(createAsker(twice.client), later)).rows, 0);
});

test("each partition's rows add up, or the balance says how many are missing", async () => {
  const { client } = once;
  const insert = (table: string, values: object[]) =>
    client.insert({ table, values, format: "JSONEachRow", clickhouse_settings: { async_insert: 0 } });
  const at = (_topic: string, _offset: number) => ({ _topic, _partition: 0, _offset });
  const eventAt = (topic: string, offset: number) => ({
    ...at(topic, offset),
    event_id: `${topic}-${offset}`,
    saga_id: topic,
    saga_started: "2026-06-01 00:00:00.000",
    time: "2026-06-01 00:00:00.000",
  });
  await insert("saga_events", [...[10, 11, 13, 16].map((offset) => eventAt("whole", offset)), eventAt("short", 5)]);
  await insert("saga_events", [eventAt("short", 9)]);
  await insert("dead_letters", [{ ...at("whole", 12), reason: "not_json" }]);
  const gap = {
    topic: "whole",
    partition: 0,
    from_offset: 14,
    to_offset: 15,
    noticed_at: "2026-06-01 00:00:00",
    reason: "x",
  };
  // Told twice, by two workers: it is one gap.
  await insert("ingest_gaps", [gap]);
  await insert("ingest_gaps", [{ ...gap, noticed_at: "2026-06-01 00:00:01" }]);
  const progress = await ingestProgress(createAsker(client), nowMs);
  const of = (topic: string) => progress.find((one) => one.topic === topic);
  assert.deepEqual(
    [of("whole")?.messages, of("whole")?.stored, of("whole")?.dead, of("whole")?.lost, of("whole")?.balance],
    [7, 4, 1, 2, 0],
  );
  assert.deepEqual([of("short")?.messages, of("short")?.balance], [5, 3]);
  // What a mapping makes of another topic, and of spans, is no row a message.
  const told = await answerPipeline(parseParams(questions.pipeline.params, range), {
    ...answering(once),
    topics: { events: "whole", spans: "short" },
  });
  assert.deepEqual(
    told.balance.map(({ topic, balance }) => [topic, balance]),
    [["whole", 0]],
  );
  const known = told.partitions.map(({ topic }) => topic);
  assert.deepEqual([known.includes("whole"), known.includes("short")], [true, false]);
});
