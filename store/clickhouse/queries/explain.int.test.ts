import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { moment, sql } from "#lib/sql.ts";
import type { Asker, AskOptions } from "#store/clickhouse/ask.ts";
import { SagaLister } from "#store/clickhouse/inserts/list-changes.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { countLogs } from "./count-logs.ts";
import { countSagas } from "./count-sagas.ts";
import { errorGroups } from "./error-groups.ts";
import { findSaga, foldedSaga } from "./find-saga.ts";
import { labelsByValue } from "./labels-by-value.ts";
import { latencyOverTime } from "./latency-over-time.ts";
import { listLogs } from "./list-logs.ts";
import { listSagas } from "./list-sagas.ts";
import { listTraces } from "./list-traces.ts";
import { listAlone } from "./listed-sagas.ts";
import type { LogFilter } from "./log-filter.ts";
import { makeHistory, storeHistory } from "./made-history.ts";
import { newestFirst, noFilter } from "./made-sagas.ts";
import { everyLog, everyTrace, hex, storeSpans } from "./made-telemetry.ts";
import { readingsBy, readingsFrom } from "./readings.ts";
import { sagaEvents } from "./saga-events.ts";
import { sagaEventsPage } from "./saga-events-page.ts";
import type { SagaFilter } from "./saga-filter.ts";
import { sagaLatency } from "./saga-latency.ts";
import { sagasByPrefix } from "./sagas-by-prefix.ts";
import { serviceEdges } from "./service-edges.ts";
import { serviceFigures } from "./service-figures.ts";
import { stepLatency } from "./step-latency.ts";
import type { TimeWindow } from "./time-window.ts";
import { traceSpans } from "./trace-spans.ts";
import { storedLater, waitingAt } from "./waiting-at.ts";

const days = 40;
const nowMs = Date.UTC(2026, 5, 2);
const dayMs = 86_400_000;
const sagas = makeHistory({ count: 2000, nowMs, spanMs: days * dayMs, seed: "explain" });
const [some] = sagas;
let database: OwnDatabase;

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  await storeHistory(database.client, sagas);
  await sleep(1100);
  const lister = new SagaLister(database.client, { settledS: 0, restMs: 0 });
  while ((await lister.turn()).more);
  while (await lister.count());
});
after(() => database?.drop());

const readingsOf = (work: (asker: Asker) => Promise<unknown>, options?: AskOptions) =>
  readingsBy(database.client, work, options);

const page = { order: newestFirst, cursor: undefined, limit: 20, late: nowMs };
const window = { fromMs: nowMs - days * dayMs, toMs: nowMs };
const lastDay = { fromMs: nowMs - dayMs, toMs: nowMs };
const filtered = (filter: Partial<SagaFilter>): SagaFilter => ({ ...noFilter, window, ...filter });

/** Parts that a reading may touch: those of two days, as they lie before anything is merged. */
const fewParts = 2 * 5;

test("what is listed is not read from the folds", async () => {
  for (const filter of [filtered({}), filtered({ states: ["failed"] }), filtered({ labels: ["orderId=o-7"] })]) {
    const readings = await readingsOf((asker) =>
      Promise.all([listSagas(asker, filter, page), countSagas(asker, filter, nowMs)]),
    );
    for (const { parts } of readingsFrom(readings, "sagas")) assert.equal(parts[0], 0);
  }
});

test("of sagas that are counted, those are read that are shown", async () => {
  const counted = busy(hourMs);
  assert.ok(counted.toMs - counted.fromMs > dayMs);
  const readings = (work: (asker: Asker) => Promise<unknown>) => readingsOf(work, { sagas: listAlone });
  const ofCounts = await readings((asker) => countSagas(asker, filtered({ window: counted }), nowMs));
  readingsFrom(ofCounts, "saga_counts");
  for (const { parts } of readingsFrom(ofCounts, "saga_list")) assert.equal(parts[0], 0);
  const newest = { ...page, limit: 1 };
  const longest = { ...newest, order: { by: "duration", direction: "desc" } } as const;
  for (const [filter, options] of [
    [{ states: ["failed"] }, newest],
    [{ verdicts: ["overdue"] }, newest],
    [{ failedSteps: ["charge-payment"], versions: ["3"] }, newest],
    [{ steps: ["charge-payment"] }, longest],
  ] as const) {
    const ofList = await readings((asker) => listSagas(asker, filtered({ ...filter, window: counted }), options));
    readingsFrom(ofList, "saga_counts");
    for (const { parts, indexes } of readingsFrom(ofList, "saga_list"))
      assert.ok(parts[0] <= 2, `${parts}\n${indexes}`);
  }
});

test("durations and errors of quarters that are counted are not read from sagas", async () => {
  const counted = busy(quarterMs);
  assert.ok(counted.toMs - counted.fromMs > 4 * quarterMs);
  const options = { bucketSeconds: quarterMs / 1000, filter: {}, limit: 10 };
  const readings = await readingsOf(
    (asker) =>
      Promise.all(
        [stepLatency, sagaLatency, latencyOverTime, errorGroups].map((question) => question(asker, counted, options)),
      ),
    { sagas: listAlone },
  );
  assert.ok(readingsFrom(readings, "saga_durations").length >= 4);
  for (const table of ["saga_list", "saga_steps"])
    for (const { parts } of readingsFrom(readings, table)) assert.equal(parts[0], 0, table);
});

const quarterMs = 900_000;
const hourMs = 3_600_000;

/** The longest stretch of periods of this length in each of which a saga started: those without any are not counted. */
function busy(ms: number): TimeWindow {
  const are = new Set(sagas.map(({ startedAt }) => Math.floor(Date.parse(startedAt) / ms)));
  let [longest, from] = [{ fromMs: 0, toMs: 0 }, 0];
  for (const period of [...are].sort((a, b) => a - b)) {
    if (!are.has(period - 1)) from = period;
    const run = { fromMs: from * ms, toMs: (period + 1) * ms };
    if (run.toMs - run.fromMs > longest.toMs - longest.fromMs) longest = run;
  }
  return longest;
}

test("sagas that ended within a time are not looked for in all that started before it", async () => {
  const filter = filtered({ window: lastDay, moment: "ended" });
  const readings = await readingsOf((asker) => countSagas(asker, filter, nowMs), { sagas: listAlone });
  for (const { parts, indexes } of readingsFrom(readings, "saga_list")) {
    assert.match(indexes, /Name: ended/);
    assert.ok(parts[0] <= fewParts, `${parts}\n${indexes}`);
  }
});

test("a time is narrowed to its days", async () => {
  const filter = filtered({ window: lastDay });
  const readings = await readingsOf((asker) =>
    Promise.all([
      listSagas(asker, filter, page),
      countSagas(asker, filter, nowMs),
      stepLatency(asker, lastDay, { bucketSeconds: 900 }),
    ]),
  );
  for (const table of ["saga_list", "saga_steps"]) {
    for (const { parts, indexes } of readingsFrom(readings, table)) {
      assert.ok(parts[1] >= days && parts[0] <= fewParts, `${parts} of ${table}\n${indexes}`);
    }
  }
});

test("a label, words and an id's beginning are found by their indexes", async () => {
  const byLabel = await readingsOf((asker) => listSagas(asker, filtered({ labels: ["orderId=o-7"] }), page));
  const byWords = await readingsOf((asker) =>
    Promise.all([
      listSagas(asker, filtered({ text: { kind: "words", text: "o-77" } }), page),
      labelsByValue(asker, { text: "o-77", window, limit: 10 }),
    ]),
  );
  for (const { indexes } of readingsFrom(byLabel, "saga_list")) assert.match(indexes, /Name: by_label/);
  for (const { indexes } of readingsFrom(byWords, "saga_list")) assert.match(indexes, /Name: by_word/);
  const byId = await readingsOf((asker) => sagasByPrefix(asker, "order-00", 10));
  for (const { indexes } of readingsFrom(byId, "saga_events")) {
    assert.match(indexes, /PrimaryKey\s+Keys:\s+saga_id/);
  }
});

test("one saga is read by its key, and of its day alone, whoever asks knows the day or not", async () => {
  assert.ok(some);
  const startedMs = Date.parse(some.startedAt);
  const readings = await readingsOf((asker) =>
    Promise.all([
      findSaga(asker, some.id),
      foldedSaga(asker, some, { late: nowMs }),
      sagaEvents(asker, { id: some.id, limit: 100 }),
      sagaEventsPage(asker, { id: some.id, startedMs }, { cursor: undefined, limit: 5 }),
    ]),
  );
  for (const { indexes } of readingsFrom(readings, "saga_events")) {
    assert.match(indexes, /PrimaryKey\s+Keys:\s+saga_id/);
  }
  for (const { parts } of readingsFrom(readings, "sagas")) assert.ok(parts[0] <= fewParts, `${parts}`);
  for (const { parts, indexes } of readingsFrom(readings, "saga_events")) {
    assert.ok(parts[1] >= days && parts[0] <= fewParts, `${parts}\n${indexes}`);
  }
});

test("what waited at a past moment is read from the days around it, by when it was stored", async () => {
  const atMs = nowMs - 20 * dayMs;
  const topics = { events: "saga.events", spans: "otlp_spans" };
  // What is looked for by a subquery is found before the plan is told: it is explained by itself.
  const readings = await readingsOf((asker) =>
    Promise.all([waitingAt(asker, atMs, topics), asker.ask(storedLater(atMs, sql`1`), z.unknown())]),
  );
  const own = readingsFrom(readings, "saga_events");
  assert.equal(own.length, 2);
  assert.match(own[1]?.indexes ?? "", /Name: by_ingest/);
  for (const { parts, indexes } of own) assert.ok(parts[1] >= days && parts[0] <= fewParts, `${parts}\n${indexes}`);
});

test("spans are found by their traces", async () => {
  const [from, to] = [moment(nowMs - dayMs), moment(nowMs)];
  await database.client.insert({
    table: "otel_traces",
    format: "JSONEachRow",
    values: [{ Timestamp: "2026-06-01 12:00:00", TraceId: "a".repeat(32), SpanId: "b".repeat(16) }],
  });
  const readings = await readingsOf((asker) => traceSpans(asker, ["c".repeat(32)], { from, to, limit: 10 }));
  for (const { indexes, parts } of readingsFrom(readings, "otel_traces")) {
    assert.match(indexes, /Name: idx_trace_id/);
    assert.deepEqual(parts, [0, 1]);
  }
});

test("log lines are narrowed to their days, and found by words and traces", async () => {
  const sixDays = Array.from({ length: 6 }, (_, day) => new Date(nowMs - (day + 0.5) * dayMs).toISOString());
  await database.client.insert({
    table: "otel_logs",
    format: "JSONEachRow",
    values: sixDays.map((at) => ({
      Timestamp: at.replace("T", " ").replace("Z", ""),
      Body: "Order placed",
      TraceId: "a".repeat(32),
    })),
  });
  const readings = (filter: Partial<LogFilter>) =>
    readingsOf((asker) => {
      const wanted = { ...everyLog, window: { fromMs: nowMs - 6 * dayMs, toMs: nowMs }, ...filter };
      return Promise.all([listLogs(asker, wanted, { cursor: undefined, limit: 10 }), countLogs(asker, wanted, 3600)]);
    });
  for (const [filter, parts] of [
    [{}, 6],
    [{ window: lastDay }, 1],
    [{ words: "placed" }, 6],
    [{ words: "refused" }, 0],
    [{ traceId: "c".repeat(32) }, 0],
  ] as const) {
    for (const reading of readingsFrom(await readings(filter), "otel_logs"))
      assert.deepEqual(reading.parts, [parts, 6], `${JSON.stringify(filter)}\n${reading.indexes}`);
  }
});

test("traces are looked for in their days alone, and by attributes through the index", async () => {
  const days = [60, 61, 62, 63];
  const spans = days.map((day) => ({
    atMs: nowMs - (day + 0.5) * dayMs,
    traceId: hex(day, 32),
    spanId: hex(day, 16),
    attributes: { "saga.id": `s-${day}` },
  }));
  await storeSpans(database.client, spans);
  const read = async (attributes: readonly string[], window: TimeWindow) => {
    const filter = { ...everyTrace, attributes, window };
    const readings = await readingsOf((asker) => listTraces(asker, filter, { cursor: undefined, limit: 10 }));
    return readingsFrom(readings, "otel_traces").map(({ parts: [read] }) => read);
  };
  const fourDays = { fromMs: nowMs - 64 * dayMs, toMs: nowMs - 60 * dayMs };
  const oneDay = { fromMs: nowMs - 61 * dayMs, toMs: nowMs - 60 * dayMs };
  assert.equal(Math.max(...(await read([], oneDay))), 1);
  assert.deepEqual(Math.max(...(await read([], fourDays))), 4);
  // The spans that match, the spans of their traces, and those of the page.
  assert.ok((await read(["saga.id=s-61"], fourDays)).includes(1));
  // Before the last it is counted how many there are to be looked through.
  assert.equal((await read(["saga.id=nobody"], fourDays)).at(-1), 0);
  // Where the newest fill a page, those of the days before are only asked whether these had begun by then.
  const newest = Array.from({ length: 20 }, (_, index) => ({
    atMs: fourDays.toMs - 1000 - index,
    traceId: hex(6000 + index, 32),
    spanId: hex(6000 + index, 16),
  }));
  await storeSpans(database.client, newest);
  assert.equal(Math.max(...(await read([], fourDays))), 1);
});

test("services are read from their own rows, of the time alone", async () => {
  const days = [70, 71, 72, 73];
  const spans = days.map((day) => ({
    atMs: nowMs - (day + 0.5) * dayMs,
    traceId: hex(day, 32),
    spanId: hex(day, 16),
    kind: "Server",
  }));
  await storeSpans(database.client, spans);
  const oneDay = { fromMs: nowMs - 71 * dayMs, toMs: nowMs - 70 * dayMs };
  const readings = await readingsOf((asker) =>
    Promise.all([serviceFigures(asker, oneDay, { bucketSeconds: 900, limit: 10 }), serviceEdges(asker, oneDay, 10)]),
  );
  assert.deepEqual(new Set(readings.map(({ table }) => table)), new Set(["service_spans"]));
  // What was called may have been called the day before.
  for (const { parts, indexes } of readings) assert.ok(parts[0] <= 2 && parts[1] >= days.length, indexes);
  assert.equal(Math.min(...readings.map(({ parts: [read] }) => read)), 1);
});
