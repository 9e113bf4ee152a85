import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { findLife } from "./find-saga.ts";
import { freshness } from "./freshness.ts";
import { gatewayFigures } from "./gateway-figures.ts";
import { type MadeSaga, makeHistory, storeHistory } from "./made-history.ts";
import { byQuantile, msOf, tally, told } from "./made-sagas.ts";
import { hex, stored } from "./made-telemetry.ts";
import { newestRequests } from "./newest-requests.ts";
import { sagaLogs } from "./saga-logs.ts";
import { sagaTraceIds, telemetryWindow } from "./saga-trace-ids.ts";
import { traceSpans } from "./trace-spans.ts";

const nowMs = Date.UTC(2026, 5, 2, 0, 30);
const spanMs = 2 * 3_600_000;
// The same sagas as `made-sagas.ts`, which says how each ended.
const sagas = makeHistory({ count: 120, nowMs, spanMs, seed: "questions" });
const window = { fromMs: nowMs - spanMs, toMs: nowMs };

interface Request {
  service: string;
  atMs: number;
  route: string;
  status: number;
  tookMs: number;
  traceId: string;
  spanId: string;
  saga: MadeSaga | undefined;
}

/** Each saga is started by a request; every third request of another kind starts none. */
const requestsOf = (service: string): Request[] =>
  sagas.flatMap((saga, index) => {
    const base = { service, atMs: msOf(saga.startedAt), spanId: hex(index + 1, 16) };
    const traceId = saga.events[0]?.traceId ?? "";
    const starts = { ...base, route: "/orders/orders", status: 202, tookMs: 5 + (index % 50), traceId, saga };
    if (index % 3 > 0) return [starts];
    const status = index % 2 === 0 ? 404 : 503;
    return [starts, { ...base, route: "/users", status, tookMs: index, traceId: hex(index + 1, 32), saga: undefined }];
  });

const named = requestsOf("gateway");
const unnamed = requestsOf("envoy");

let database: OwnDatabase;
const asker = () => createAsker(database.client);

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  await storeHistory(database.client, sagas);
  await storeSpans([...named, ...unnamed, ...named.slice(0, 5)]);
  const newest = named.toSorted((a, b) => b.atMs - a.atMs).slice(0, 10);
  await storeSpans(Array.from({ length: 20 }, () => newest).flat());
});
after(() => database?.drop());

async function storeSpans(requests: readonly Request[]): Promise<void> {
  const values = requests.map((request) => ({
    Timestamp: stored(request.atMs),
    TraceId: request.traceId,
    SpanId: request.spanId,
    SpanName: `POST ${request.route}`,
    SpanKind: "Server",
    ServiceName: request.service,
    SpanAttributes: {
      "http.request.method": "POST",
      "http.route": request.route,
      "http.response.status_code": String(request.status),
      "gateway.outcome": "proxied",
      "url.path": request.route,
      ...(request.saga && request.service === "gateway" ? { "saga.id": request.saga.id } : {}),
    },
    Duration: request.tookMs * 1e6,
    StatusCode: "Unset",
    "Links.TraceId": [hex(7, 32)],
    "Links.SpanId": [hex(7, 16)],
    "Links.TraceState": [""],
    "Links.Attributes": [{}],
  }));
  await database.client.insert({
    table: "otel_traces",
    format: "JSONEachRow",
    values,
    clickhouse_settings: { async_insert: 0 },
  });
}

for (const [service, requests] of [
  ["gateway", named],
  ["envoy", unnamed],
] as const) {
  const scope = { services: [service], window };

  test(`${service}: traffic in all and over time`, async () => {
    const { total, series } = await gatewayFigures(asker(), scope, 300);
    const took = requests.map((request) => request.tookMs);
    assert.deepEqual(total, {
      requests: requests.length,
      clientErrors: requests.filter((request) => request.status === 404).length,
      serverErrors: requests.filter((request) => request.status === 503).length,
      p50Ms: byQuantile(took, 0.5),
      p95Ms: byQuantile(took, 0.95),
      p99Ms: byQuantile(took, 0.99),
    });
    const sum = (key: "s2xx" | "s4xx" | "s5xx") => series.reduce((all, bucket) => all + bucket[key], 0);
    assert.equal(series.length, 24);
    assert.equal(sum("s2xx") + sum("s4xx") + sum("s5xx"), requests.length);
  });

  test(`${service}: routes with the sagas they started`, async () => {
    const { routes } = await gatewayFigures(asker(), scope, 300);
    const orders = routes.find((route) => route.route === "/orders/orders");
    assert.equal(orders?.requests, sagas.length);
    assert.deepEqual(orders?.sagas, tally(sagas.map((saga) => told.get(saga.id)?.state ?? "")));
    assert.deepEqual(routes.find((route) => route.route === "/users")?.sagas, {});
  });

  test(`${service}: the newest requests with the saga each started`, async () => {
    const newest = await newestRequests(asker(), scope, 20);
    const expected = [...requests].sort((a, b) => b.atMs - a.atMs).slice(0, 20);
    assert.deepEqual(
      newest.map((request) => `${request.at} ${request.route} ${request.sagaId}`).sort(),
      expected
        .map((one) => `${new Date(one.atMs).toISOString().slice(0, -1)}000000Z ${one.route} ${one.saga?.id ?? null}`)
        .sort(),
    );
  });
}

test("a gateway that nobody asked through has no figures", async () => {
  const { total } = await gatewayFigures(asker(), { services: ["nobody"], window }, 300);
  assert.deepEqual(total, { requests: 0, clientErrors: 0, serverErrors: 0, p50Ms: null, p95Ms: null, p99Ms: null });
});

test("a saga's traces are those of its events and those whose spans name it, each span once", async () => {
  const saga = sagas[0];
  assert.ok(saga);
  const startedMs = msOf(saga.startedAt);
  await storeSpans([
    {
      service: "gateway",
      atMs: startedMs,
      route: "/x",
      status: 200,
      tookMs: 1,
      traceId: hex(99, 32),
      spanId: hex(99, 16),
      saga,
    },
  ]);
  const life = { id: saga.id, startedMs, lastEventMs: startedMs + 60_000 };
  const found = await findLife(asker(), saga.id);
  assert.ok(found);
  const ids = await sagaTraceIds(asker(), found, 10);
  assert.deepEqual(ids, [hex(99, 32), saga.events[0]?.traceId].sort());
  const spans = await traceSpans(asker(), ids, { ...telemetryWindow(life), limit: 100 });
  assert.deepEqual(spans.map((span) => span.spanId).sort(), [hex(1, 16), hex(99, 16)].sort());
  assert.deepEqual(spans[0]?.links, [{ traceId: hex(7, 32), spanId: hex(7, 16) }]);
  assert.equal(spans[0]?.startMs, startedMs);
});

test("a saga's logs are those of its traces and of its id, by time", async () => {
  const saga = sagas[1];
  assert.ok(saga);
  const startedMs = msOf(saga.startedAt);
  const line = (body: string, afterMs: number, more: object) => ({
    Timestamp: stored(startedMs + afterMs),
    Body: body,
    ServiceName: "orders",
    SeverityText: "INFO",
    ...more,
  });
  await database.client.insert({
    table: "otel_logs",
    format: "JSONEachRow",
    clickhouse_settings: { async_insert: 0 },
    values: [
      line("third", 30, { LogAttributes: { "saga.id": saga.id } }),
      line("first", 10, { TraceId: hex(5, 32) }),
      line("second", 20, { TraceId: hex(5, 32), LogAttributes: { "saga.id": saga.id } }),
      line("another's", 15, { LogAttributes: { "saga.id": "another" } }),
      line("too late", 7_200_000, { LogAttributes: { "saga.id": saga.id } }),
    ],
  });
  const life = { id: saga.id, startedMs, lastEventMs: startedMs + 1000 };
  const logs = await sagaLogs(
    asker(),
    { id: saga.id, traceIds: [hex(5, 32)] },
    { ...telemetryWindow(life), limit: 10 },
  );
  assert.deepEqual(
    logs.map((log) => log.body),
    ["first", "second", "third"],
  );
});

test("freshness is the newest event's, and not that of one dated in the far future", async () => {
  const newest = sagas
    .flatMap((saga) => saga.events.map((event) => event.time))
    .sort()
    .at(-1);
  const [saga] = makeHistory({ count: 1, nowMs: nowMs + 30 * 86_400_000, spanMs, seed: "future" });
  assert.ok(saga);
  await storeHistory(database.client, [saga], { parts: 1 });
  const fresh = await freshness(asker(), nowMs);
  assert.equal(fresh.newestEventAt?.slice(0, 23), newest?.slice(0, 23));
  assert.equal(fresh.deadLetters, 0);
});
