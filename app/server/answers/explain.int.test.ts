import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parseParams } from "#app/server/params.ts";
import { type QuestionName, questions } from "#contracts/api/questions.ts";
import { Limits } from "#sagas/outlook/limits.ts";
import { SagaLister } from "#store/clickhouse/inserts/list-changes.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { listAlone } from "#store/clickhouse/queries/listed-sagas.ts";
import { makeHistory, storeHistory } from "#store/clickhouse/queries/made-history.ts";
import { stored, storeSpans } from "#store/clickhouse/queries/made-telemetry.ts";
import { type Reading, readingsBy, readingsFrom } from "#store/clickhouse/queries/readings.ts";
import { createRollUp } from "#store/clickhouse/rollups/roll-up.ts";
import type { Answering } from "./answering.ts";
import { answers } from "./answers.ts";

const days = 40;
const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 5, 2);
const sagas = makeHistory({ count: 120, nowMs, spanMs: days * dayMs, seed: "explained answers" });
const some = sagas.find(({ events, startedAt }) => events.length > 3 && Date.parse(startedAt) < nowMs - 10 * dayMs);
const traceId = some?.events[0]?.traceId ?? "";
let database: OwnDatabase;

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  await storeHistory(database.client, sagas);
  await storeTelemetry();
  await sleep(1100);
  const lister = new SagaLister(database.client, { settledS: 0, restMs: 0 });
  while ((await lister.turn()).more);
  await createRollUp(database.client).turn(Number.POSITIVE_INFINITY);
});
after(() => database?.drop());

/** Of each day a request, and a line of its trace. */
async function storeTelemetry(): Promise<void> {
  const atMs = ({ startedAt }: { startedAt: string }) => Date.parse(startedAt);
  const traceOf = (saga: (typeof sagas)[number]) => saga.events[0]?.traceId ?? "";
  await storeSpans(
    database.client,
    sagas.map((saga, index) => ({
      atMs: atMs(saga),
      traceId: traceOf(saga),
      spanId: index.toString(16).padStart(16, "0"),
      kind: "Server",
      service: "gateway",
      attributes: { "http.request.method": "POST", "http.route": "/orders", "http.response.status_code": "202" },
    })),
  );
  await database.client.insert({
    table: "otel_logs",
    format: "JSONEachRow",
    values: sagas.map((saga) => ({
      Timestamp: stored(atMs(saga)),
      Body: "Order placed",
      TraceId: traceOf(saga),
    })),
    clickhouse_settings: { async_insert: 0 },
  });
}

const answering = (asker: Answering["asker"]): Answering => ({
  asker,
  nowMs,
  limits: Limits.none,
  gateways: ["gateway"],
  topics: { events: "saga.events", spans: "otlp_spans" },
  kafka: undefined,
});

async function readingsOf(name: QuestionName, given: object): Promise<Reading[]> {
  const ask = answers[name] as (params: unknown, answering: Answering) => Promise<object>;
  const params = parseParams(questions[name].params, given);
  return await readingsBy(database.client, (asker) => ask(params, answering(asker)), {
    sagas: listAlone,
  });
}

/** Parts that a reading of one day may touch: those of two days, as they lie before anything is merged. */
const ofADay = 2 * 5;
const day = { from: new Date(nowMs - dayMs).toISOString(), to: new Date(nowMs).toISOString() };

for (const { name, given = day, tables, index } of [
  { name: "overview", tables: ["saga_list", "saga_steps"] },
  { name: "sagas", tables: ["saga_list"] },
  { name: "sagaValues", given: { ...day, facet: "service" }, tables: ["saga_list"] },
  { name: "differences", given: { ...day, state: "failed" }, tables: ["saga_list"] },
  { name: "types", tables: ["saga_list"] },
  { name: "latency", tables: ["saga_list", "saga_steps"] },
  { name: "latency", given: { ...day, type: "order-fulfilment", step: "charge-payment" }, tables: ["saga_steps"] },
  { name: "errors", tables: ["saga_errors"] },
  { name: "releases", given: { ...day, type: "order-fulfilment" }, tables: ["saga_list"] },
  { name: "definition", given: { ...day, id: "order-fulfilment" }, tables: ["saga_rollups"] },
  { name: "gateway", tables: ["http_requests", "saga_events", "saga_list"] },
  { name: "services", tables: ["service_spans"] },
  { name: "serviceMap", tables: ["service_spans"] },
  { name: "logs", tables: ["otel_logs"] },
  { name: "traces", tables: ["otel_traces"] },
  { name: "pipeline", tables: ["saga_events"], index: /Name: by_ingest/ },
] as readonly { name: QuestionName; given?: object; tables: readonly string[]; index?: RegExp }[])
  test(`${name}: a day is read, and no more, of ${tables.join(", ")}`, async () => {
    const readings = await readingsOf(name, given);
    for (const table of tables)
      for (const { parts, indexes } of readingsFrom(readings, table)) {
        assert.ok(parts[1] > ofADay && parts[0] <= ofADay, `${parts} of ${table}\n${indexes}`);
        if (index) assert.match(indexes, index);
      }
  });

for (const { name, tables } of [
  {
    name: "sagaTraces",
    tables: { otel_traces: /Name: idx_(trace_id|span_attr_value)/, saga_events: /PrimaryKey\s+Keys:\s+saga_id/ },
  },
  { name: "sagaLogs", tables: { otel_logs: /Name: idx_trace_id/, saga_events: /PrimaryKey\s+Keys:\s+saga_id/ } },
  { name: "saga", tables: { saga_events: /PrimaryKey\s+Keys:\s+saga_id/ } },
  { name: "sagaAudit", tables: { saga_events: /PrimaryKey\s+Keys:\s+saga_id/ } },
] as readonly { name: QuestionName; tables: Readonly<Record<string, RegExp>> }[])
  test(`${name}: of one saga its own`, async () => {
    const readings = await readingsOf(name, { id: some?.id });
    for (const [table, index] of Object.entries(tables))
      for (const { parts, indexes } of readingsFrom(readings, table)) {
        assert.match(indexes, index);
        assert.ok(parts[1] > ofADay && parts[0] <= ofADay, `${parts} of ${table}\n${indexes}`);
      }
  });

test("search: ids, traces, labels and errors each by what finds them", async () => {
  const byTrace = await readingsOf("search", { q: traceId });
  const byWord = await readingsOf("search", { q: "o-77" });
  const indexesOf = (readings: readonly Reading[], table: string) =>
    readingsFrom(readings, table).map(({ indexes }) => indexes);
  assert.ok(indexesOf(byTrace, "saga_events").some((indexes) => /Name: by_trace/.test(indexes)));
  assert.ok(indexesOf(byTrace, "otel_traces").every((indexes) => /Name: idx_trace_id/.test(indexes)));
  assert.ok(indexesOf(byWord, "saga_events").every((indexes) => /PrimaryKey\s+Keys:\s+saga_id/.test(indexes)));
  assert.ok(indexesOf(byWord, "saga_list").some((indexes) => /Name: by_word/.test(indexes)));
});
