import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { hex, type MadeSpan, storeSpans } from "./made-telemetry.ts";
import { serviceEdges } from "./service-edges.ts";
import { serviceFigures } from "./service-figures.ts";

const fromMs = Date.UTC(2026, 5, 1, 12);
const minuteMs = 60_000;
const window = { fromMs, toMs: fromMs + 60 * minuteMs };
const topic = { "messaging.destination.name": "orders.commands" };

const at = (minute: number, trace: number, span: number, more: Partial<MadeSpan>): MadeSpan => ({
  atMs: fromMs + minute * minuteMs,
  traceId: hex(trace, 32),
  spanId: hex(span, 16),
  ...more,
});

/** An order on its way: gateway → orders → a queue → inventory. */
const order = (n: number, { minute = n, version = "v1", failed = false, tookMs = n }): MadeSpan[] => [
  at(minute, n, 1, { service: "gateway", kind: "Server", version: "v9", tookMs: 100 + n }),
  at(minute, n, 2, { parent: 1, service: "gateway", kind: "Client", tookMs: 50 + n }),
  at(minute, n, 3, { parent: 2, service: "orders", kind: "Server", version, failed, tookMs }),
  at(minute, n, 4, { parent: 3, service: "orders", kind: "Producer", version, tookMs: 2, attributes: topic }),
  at(minute, 100 + n, 5, {
    ...{ service: "inventory", kind: "Consumer", tookMs: 7, failed: n === 1, attributes: topic },
    link: [hex(n, 32), hex(4, 16)],
  }),
];

const spans: MadeSpan[] = [
  ...Array.from({ length: 20 }, (_, index) =>
    order(index + 1, { version: index < 15 ? "v1" : "v2", failed: index % 5 === 0 }),
  ).flat(),
  // A service that calls itself, and a caller that is not stored.
  at(1, 300, 1, { service: "users", kind: "Server", tookMs: 5 }),
  at(1, 300, 2, { parent: 1, service: "users", kind: "Server", tookMs: 3 }),
  at(1, 301, 2, { parent: 9, service: "users", kind: "Server", tookMs: 3 }),
  // A message that does not say its topic is known by who sent it.
  at(2, 302, 1, { service: "mailer", kind: "Consumer", tookMs: 4, link: [hex(1, 32), hex(4, 16)] }),
  at(2, 1, 6, { parent: 3, service: "audit", kind: "Consumer", tookMs: 4 }),
  // A request that began before the time, and what it led to within it.
  at(-2, 303, 1, { service: "batch", kind: "Client", tookMs: 300_000 }),
  at(1, 303, 2, { parent: 1, service: "users", kind: "Server", tookMs: 3 }),
  at(-1, 304, 1, { service: "orders", kind: "Server", tookMs: 3 }),
  at(60, 305, 1, { service: "orders", kind: "Server", tookMs: 3 }),
  at(3, 306, 1, { service: "orders", kind: "Internal", tookMs: 3 }),
];

let database: OwnDatabase;
const asker = () => createAsker(database.client);

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  await storeSpans(database.client, spans);
  // Some were sent twice.
  await storeSpans(database.client, spans.slice(0, 20));
});
after(() => database?.drop());

test("services: what each version served and took, each span once", async () => {
  const services = await serviceFigures(asker(), window, { bucketSeconds: 600, limit: 10 });
  assert.deepEqual(
    services.map(({ service, version, requests, errors }) => [service, version, requests, errors]),
    [
      ["gateway", "v9", 20, 0],
      ["inventory", "", 20, 1],
      ["orders", "v1", 15, 3],
      ["orders", "v2", 5, 1],
      ["users", "", 4, 0],
      ["audit", "", 1, 0],
      ["mailer", "", 1, 0],
    ],
  );
  const orders = services[2];
  assert.deepEqual([orders?.p50Ms, orders?.p95Ms, orders?.p99Ms], [8, 15, 15]);
  assert.deepEqual(
    orders?.series.map(({ requests, errors }) => [requests, errors]),
    [
      [9, 2],
      [6, 1],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ],
  );
  assert.equal(orders?.series[1]?.at, "2026-06-01T12:10:00.000Z");
});

test("services: the busiest, where there are more than are asked for", async () => {
  const services = await serviceFigures(asker(), window, { bucketSeconds: 600, limit: 2 });
  assert.deepEqual(
    services.map(({ service, series }) => [service, series.reduce((sum, { requests }) => sum + requests, 0)]),
    [
      ["gateway", 20],
      ["inventory", 20],
    ],
  );
});

test("services: who calls whom, and what is sent by whom to whom", async () => {
  const edges = await serviceEdges(asker(), window, 100);
  assert.deepEqual(
    edges.map(({ from, to, kind, count, errors, p95Ms }) => [from, to, kind, count, errors, p95Ms]).sort(),
    [
      ["queue orders.commands", "service inventory", "message", 20, 1, 7],
      ["service batch", "service users", "call", 1, 0, 3],
      ["service gateway", "service orders", "call", 20, 4, 20],
      ["service orders", "queue orders.commands", "message", 20, 0, 2],
      ["service orders", "service audit", "message", 1, 0, 4],
      ["service orders", "service mailer", "message", 1, 0, 4],
    ],
  );
});

test("services: where nothing was sent twice they are counted as they lie", async () => {
  const later = { fromMs: fromMs + 5 * minuteMs, toMs: window.toMs };
  const services = await serviceFigures(asker(), later, { bucketSeconds: 600, limit: 3 });
  assert.deepEqual(
    services.map(({ service, version, requests, errors, p50Ms }) => [service, version, requests, errors, p50Ms]),
    [
      ["gateway", "v9", 16, 0, 113],
      ["inventory", "", 16, 0, 7],
      ["orders", "v1", 11, 2, 10],
    ],
  );
  const edges = await serviceEdges(asker(), later, 100);
  assert.deepEqual(edges.map(({ from, to, count }) => [from, to, count]).sort(), [
    ["queue orders.commands", "service inventory", 16],
    ["service gateway", "service orders", 16],
    ["service orders", "queue orders.commands", 16],
  ]);
});

test("services: an earlier time has its own map", async () => {
  const early = { fromMs, toMs: fromMs + 5 * minuteMs };
  const [edge] = (await serviceEdges(asker(), early, 100)).filter(({ kind }) => kind === "call");
  assert.deepEqual([edge?.from, edge?.to, edge?.count], ["service gateway", "service orders", 4]);
  assert.deepEqual(await serviceEdges(asker(), { fromMs: 0, toMs: 1000 }, 100), []);
});
