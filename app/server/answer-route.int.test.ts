import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Definition } from "#contracts/api/definition.ts";
import { Pipeline } from "#contracts/api/pipeline.ts";
import { Problem } from "#contracts/api/problem.ts";
import { questions } from "#contracts/api/questions.ts";
import { SagaAudit, SagaDetail, SagaEvents, SagaList } from "#contracts/api/saga.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { makeHistory, storeHistory } from "#store/clickhouse/queries/made-history.ts";
import { createRollUp } from "#store/clickhouse/rollups/roll-up.ts";
import { answerRoute } from "./answer-route.ts";
import { store } from "./store.ts";

const sagas = makeHistory({ count: 300, nowMs: Date.now(), spanMs: 3_000_000, seed: "routes" });
let database: OwnDatabase;

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  await storeHistory(database.client, sagas);
  await createRollUp(database.client).turn(60_000);
  await storeRequest(database);
  await database.client.insert({
    table: "dead_letters",
    format: "JSONEachRow",
    values: [{ _topic: "saga.events", _partition: 0, _offset: 7, reason: "not_json", value: "no" }],
    clickhouse_settings: { async_insert: 0 },
  });
  process.env.CLICKHOUSE_URL = database.url;
  process.env.DATABASE_URL = "postgres://nobody@127.0.0.1:1/none";
  process.env.SAGASCOPE_TOKEN = "a-token-of-sixteen-or-more";
});
after(async () => {
  await store().close();
  await database?.drop();
});

/** The request that started the first saga, as the gateway's span tells of it. */
async function storeRequest({ client }: OwnDatabase): Promise<void> {
  const [saga] = sagas;
  assert.ok(saga);
  await client.insert({
    table: "otel_traces",
    format: "JSONEachRow",
    values: [
      {
        Timestamp: saga.startedAt.replace("T", " ").replace("Z", ""),
        TraceId: traceId,
        SpanId: "00f067aa0ba902b7",
        SpanName: "POST /orders/orders",
        SpanKind: "Server",
        ServiceName: "gateway",
        SpanAttributes: {
          "http.request.method": "POST",
          "http.route": "/orders/orders",
          "http.response.status_code": "202",
          "saga.id": saga.id,
        },
        Duration: 12_000_000,
        StatusCode: "Unset",
      },
    ],
    clickhouse_settings: { async_insert: 0 },
  });
}

/** The last moments that cursors may name. */
const latestMs = Date.UTC(2299, 0, 1);
const earliestAndLatest = ["1970-01-01T00:00:00.001000000Z", "2199-12-31T23:59:59.999999999Z"] as const;

const get = (path: string) => answerRoute(new Request(`http://127.0.0.1/api/v1${path}`));

const traceId = sagas[0]?.events[0]?.traceId ?? "";
const example: Record<keyof typeof questions, string> = {
  freshness: "/freshness",
  overview: "/overview",
  sagas: "/sagas?state=failed,compensated&sort=duration",
  saga: `/sagas/${sagas[0]?.id}`,
  sagaCompare: `/sagas/${sagas[0]?.id}/compare?with=${sagas[1]?.id}`,
  sagaEvents: `/sagas/${sagas[0]?.id}/events?limit=2`,
  sagaAudit: `/sagas/${sagas[0]?.id}/audit`,
  sagaTraces: `/sagas/${sagas[0]?.id}/traces`,
  sagaLogs: `/sagas/${sagas[0]?.id}/logs`,
  traces: "/traces?service=gateway&status=ok&maxMs=1000",
  trace: `/traces/${traceId}`,
  logs: `/logs?q=placed&severity=info&sagaId=${sagas[0]?.id}`,
  latency: "/latency?type=order-fulfilment&step=charge-payment",
  gateway: "/gateway",
  types: "/types",
  definition: "/types/order-fulfilment?range=24h",
  pipeline: "/pipeline",
  "dead-letters": "/dead-letters?state=dead&reason=not_json",
  deadLetter: "/dead-letters/saga.events:0:7",
  sagaValues: "/sagas/facets?facet=step&state=failed,compensated",
  differences: "/sagas/differences?state=failed,compensated",
  errors: "/errors?type=order-fulfilment",
  releases: "/releases?type=order-fulfilment",
  releaseVerdict: "/releases/verdict?type=order-fulfilment&service=orders&baseline=v1.4.2&canary=v2",
  services: "/services",
  serviceMap: "/services/map",
  search: "/search?q=card",
};

for (const name of Object.keys(questions) as (keyof typeof questions)[]) {
  test(`${name}: the answer has the shape of its contract, and says what it cost`, async () => {
    const response = await get(example[name]);
    const body = await response.json();
    assert.equal(response.status, 200, JSON.stringify(body));
    const answer = questions[name].answer.parse(body);
    assert.ok((answer.rowsRead > 0 && answer.bytesRead > answer.rowsRead) || name === "freshness");
    assert.ok(answer.freshness.newestEventAt);
  });
}

/** What orders a page, or is told as it was sent, has all nine decimals. */
const nanoseconds: ReadonlySet<string> = new Set([
  "saga time",
  "sagaEvents time",
  "sagaLogs time",
  "logs time",
  "traces startedAt",
  "gateway at",
  "overview firstSeenAt",
  "overview lastSeenAt",
  "errors firstSeenAt",
  "errors lastSeenAt",
]);

for (const name of Object.keys(questions) as (keyof typeof questions)[]) {
  test(`${name}: every moment of the answer has milliseconds, or nanoseconds where it says so`, async () => {
    const text = await (await get(example[name])).text();
    for (const [, key, decimals] of text.matchAll(/"(\w+)":"\d{4}-\d\d-\d\dT[\d:]{8}\.?(\d*)Z"/g))
      assert.ok(decimals?.length === 3 || (decimals?.length === 9 && nanoseconds.has(`${name} ${key}`)), key);
  });
}

/** The longest and shortest times at both ends of what a request may name, and where 32 bits of seconds would end. */
const edges = [
  ["2000-01-01T00:00:00Z", "2001-02-04T00:00:00Z"],
  ["2000-01-01T00:00:00+23:59", "2000-01-01T00:00:00Z"],
  ["2038-01-01T00:00:00Z", "2038-02-01T00:00:00Z"],
  ["2098-11-27T00:00:00Z", "2099-12-31T23:59:59.999Z"],
  ["2099-12-31T23:59:59Z", "2099-12-31T23:59:59-23:59"],
] as const;

for (const name of Object.keys(questions) as (keyof typeof questions)[]) {
  if (!("from" in questions[name].params.shape)) continue;
  test(`${name}: whatever time is taken is answered`, async () => {
    for (const [from, to] of edges) {
      const url = new URL(`http://127.0.0.1/api/v1${example[name]}`);
      url.searchParams.delete("range");
      url.searchParams.set("from", from);
      url.searchParams.set("to", to);
      const response = await answerRoute(new Request(url));
      assert.equal(response.status, 200, `${url.search}: ${await response.text()}`);
    }
  });
}

const written = (cursor: readonly unknown[]) => Buffer.from(JSON.stringify(cursor)).toString("base64url");

for (const [path, cursors] of [
  ["/sagas?sort=started", [0, latestMs].map((ms) => ["started.desc", ms, ms, "a"])],
  ["/sagas?sort=lastEvent", [0, latestMs].map((ms) => ["lastEvent.desc", ms, ms, "a"])],
  [
    "/sagas?sort=duration",
    [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER].map((ms) => ["duration.desc", ms, latestMs, "a"]),
  ],
  [
    "/sagas?sort=deadline&at=2026-01-01T00:00:00Z",
    [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER].map((ms) => ["deadline.desc", ms, latestMs, "a"]),
  ],
  ["/dead-letters", [0, latestMs].map((ms) => ["dead", ms, ""])],
  [
    "/logs",
    ["0", "18446744073709551615"].flatMap((key) => earliestAndLatest.map((time) => ["log", time, key, 4_000_000_000])),
  ],
  ["/traces", earliestAndLatest.map((time) => ["trace", time, ""])],
  [`/sagas/${sagas[0]?.id}/events`, earliestAndLatest.map((time) => ["event", time, ""])],
] as const) {
  test(`${path}: whatever cursor is taken is answered`, async () => {
    for (const cursor of cursors) {
      const response = await get(`${path}${path.includes("?") ? "&" : "?"}cursor=${written(cursor)}`);
      assert.equal(response.status, 200, `${cursor}: ${await response.text()}`);
    }
  });
}

test("pages lead to every saga, once", async () => {
  const seen: string[] = [];
  let path: string | null = "/sagas?limit=77";
  while (path) {
    const page: SagaList = SagaList.parse(await (await get(path)).json());
    assert.equal(page.total, sagas.length);
    seen.push(...page.sagas.map((saga) => saga.id));
    path = page.next && `/sagas?limit=77&cursor=${page.next}`;
  }
  assert.deepEqual(seen.toSorted(), sagas.map((saga) => saga.id).sort());
});

test("a saga says on its page what it says in the list", async () => {
  const { sagas: rows } = SagaList.parse(await (await get("/sagas?limit=40")).json());
  for (const row of rows) {
    const detail = SagaDetail.parse(await (await get(`/sagas/${encodeURIComponent(row.id)}`)).json());
    assert.deepEqual(
      { ...row, verdicts: [] },
      { ...Object.fromEntries(Object.keys(row).map((key) => [key, detail[key as keyof SagaDetail]])), verdicts: [] },
    );
    assert.equal(detail.verdicts.includes("inconsistent"), row.verdicts.includes("inconsistent"));
  }
});

test("a saga's events come in pages, and its audit breaks the rules that the saga breaks", async () => {
  for (const { id } of sagas.filter(({ events }) => events.length > 0).slice(0, 30)) {
    const path = `/sagas/${encodeURIComponent(id)}`;
    const saga = SagaDetail.parse(await (await get(path)).json());
    const audit = SagaAudit.parse(await (await get(`${path}/audit`)).json());
    const broken = audit.rules.filter(({ verdict }) => verdict === "broken").map(({ rule }) => rule);
    assert.deepEqual(new Set(broken), new Set(saga.breaches.map(({ rule }) => rule)));
    assert.deepEqual([audit.state, audit.residuals, audit.events], [saga.state, saga.residuals, saga.events.length]);
    const told: SagaEvents["events"] = [];
    for (let next: string | null = ""; next !== null; ) {
      const page = SagaEvents.parse(await (await get(`${path}/events?limit=4${next && `&cursor=${next}`}`)).json());
      told.push(...page.events);
      next = page.next;
    }
    assert.deepEqual(told, saga.events);
  }
});

for (const [path, status] of [
  ["/sagas/nobody", 404],
  ["/sagas/nobody/events", 404],
  ["/sagas/nobody/audit", 404],
  ["/sagas/nobody/events?cursor=odd", 400],
  ["/sagas?state=odd", 400],
  ["/sagas?cursor=odd", 400],
  ["/traces?status=odd", 400],
  ["/traces?minMs=-1", 400],
  ["/traces?cursor=odd", 400],
  ["/logs?severity=loud", 400],
  ["/logs?attribute=reason", 400],
  [
    `/logs?cursor=${Buffer.from('["log","2026-06-01T00:00:00.000000000Z","18446744073709551616",1]').toString("base64url")}`,
    400,
  ],
  ["/pipeline?at=2999-01-01T00:00:00Z", 400],
  ["/pipeline?at=yesterday", 400],
  ["/pipeline?at=0001-01-01T00:00:00Z", 400],
  ["/sagas/nobody?at=0001-01-01T00:00:00Z", 400],
  ["/gateway?from=2299-01-01T00:00:00Z&to=2299-12-01T00:00:00Z", 400],
  ["/services/map?from=9999-01-01T00:00:00Z&to=9999-12-01T00:00:00Z", 400],
  ["/logs?from=0001-01-01T00:00:00Z&to=0001-12-01T00:00:00Z", 400],
  ["/search", 400],
  ["/nothing", 400],
] as const) {
  test(`${path} is a problem that says what to do`, async () => {
    const response = await get(path);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    const problem = Problem.parse(await response.json());
    assert.equal(problem.status, status);
    assert.equal(response.status, status);
    assert.ok((problem.detail ?? "").length > 10);
  });
}

test("the pipeline of a past moment tells what waited then, and nothing that is known of now alone", async () => {
  const told = Pipeline.parse(await (await get("/pipeline?at=2026-01-01T00:00:00Z")).json());
  assert.deepEqual(
    [told.at, told.partitions, told.balance, told.tables, told.kafka.available],
    ["2026-01-01T00:00:00.000Z", [], [], [], false],
  );
  assert.equal(Pipeline.parse(await (await get("/pipeline")).json()).at, null);
});

test("a definition counts its sagas, and tells what is between its start and its ends", async () => {
  const definition = Definition.parse(await (await get("/types/order-fulfilment?range=24h")).json());
  const own = sagas.filter(({ type, events }) => type === "order-fulfilment" && events.length > 0);
  assert.equal(definition.sagas, own.length);
  assert.deepEqual(definition.versions, [{ version: "3", sagas: own.length }]);
  assert.equal(definition.conformance.sagas, own.length);
  const edge = definition.edges.find(({ from, to }) => from === "step reserve-stock" && to === "step charge-payment");
  assert.ok(edge && edge.kind === "next" && !edge.isGiven && edge.share > 0.5 && (edge.p95Ms ?? 0) > 0);
  assert.ok(definition.edges.some(({ kind, from, to }) => kind === "retry" && from === to));
  assert.ok(definition.edges.some(({ kind }) => kind === "compensation"));
  const none = Definition.parse(await (await get("/types/order-fulfilment?range=24h&version=4")).json());
  assert.deepEqual([none.sagas, none.edges, none.versions.length], [0, [], 1]);
});

test("an open saga has an outlook from its peers, and one that has ended has none", async () => {
  // A moment ahead, so that it has not waited yet, however long this takes.
  const startedAt = new Date(Date.now() + 60_000).toISOString();
  const [first] = sagas[0]?.events ?? [];
  assert.ok(first);
  const event = {
    ...first,
    id: "fresh",
    type: "saga.started",
    time: startedAt.replace("Z", "000000Z"),
    deadline: null,
  };
  const fresh = { id: "fresh", type: "order-fulfilment", version: "3", subject: "", startedAt, events: [event] };
  await storeHistory(database.client, [fresh], { parts: 1 });
  const { outlook, limit } = SagaDetail.parse(await (await get("/sagas/fresh")).json());
  assert.ok(outlook.kind === "known", JSON.stringify(outlook));
  assert.ok(outlook.peers >= 20 && outlook.peersOf === "version");
  assert.equal(outlook.next[0]?.name, "create-order");
  assert.ok(outlook.remainingSteps >= 3);
  assert.ok(outlook.failing.odds > 0.1 && outlook.failing.odds < 0.5);
  assert.ok(Math.abs(outlook.failing.odds - outlook.compensated - outlook.failed) < 1e-9);
  assert.ok(outlook.end.p50At > startedAt && outlook.end.p90At > outlook.end.p50At);
  assert.equal(limit, null);
  const ended = sagas.find(({ events }) => events.at(-1)?.type === "saga.completed");
  const over = SagaDetail.parse(await (await get(`/sagas/${ended?.id}`)).json());
  assert.deepEqual(over.outlook, { kind: "unknown", reason: "ended" });
});
