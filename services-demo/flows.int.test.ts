import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SagaEvent } from "#contracts/saga-event.ts";
import { inDatabase, readAll, readEndpoints, waitUntil } from "#sdk/testing/real-parts.ts";
import { demoTopics } from "./domain/messages.ts";
import type { Demo } from "./domain/order.ts";
import { type Mode, modes, plan } from "./domain/plan.ts";
import { type OtlpSink, startOtlpSink } from "./testing/otlp-sink.ts";
import { type RunningDemo, type StatefulService, services, startDemo } from "./testing/start-demo.ts";

let demo: RunningDemo;
let sink: OtlpSink;
before(async () => {
  sink = await startOtlpSink();
  const OTEL_EXPORTER_OTLP_ENDPOINT = sink.url;
  demo = await startDemo(readEndpoints(process.env.SAGASCOPE_ENDPOINTS), {
    ...Object.fromEntries(services.map((service) => [service, { OTEL_EXPORTER_OTLP_ENDPOINT }])),
    // One service's collector is down: nobody may notice.
    payments: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" },
  });
});
after(async () => {
  await sink.close();
  const codes = await demo.stop();
  assert.deepEqual(Object.values(codes), Object.values(codes).fill(0), "each service ends with 0 on SIGTERM");
});

interface Placed {
  readonly orderId: string;
  readonly sagaId: string;
}

const order = {
  customerId: "customer-7",
  items: [{ sku: "sku-3", quantity: 2 }],
  amount: { value: 99.99, currency: "EUR" },
};

async function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${demo.gatewayUrl}/orders/orders`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

async function place(mode: Mode, faults: Demo = {}): Promise<Placed> {
  const response = await post({ ...order, mode, demo: faults });
  const placed = (await response.json()) as Placed;
  assert.equal(response.status, 202, JSON.stringify(placed));
  assert.equal(response.headers.get("x-saga-id"), placed.sagaId);
  return placed;
}

async function statusOf({ orderId }: Placed): Promise<string> {
  const response = await fetch(`${demo.gatewayUrl}/orders/orders/${orderId}`);
  return ((await response.json()) as { status: string }).status;
}

async function ended(placed: Placed): Promise<string> {
  await waitUntil(`${placed.orderId} ends`, async () => (await statusOf(placed)) !== "PENDING", 120_000);
  return await statusOf(placed);
}

async function allEvents(): Promise<SagaEvent[]> {
  const messages = await readAll(demo.kafka, `${demo.topicPrefix}saga.events`);
  return messages.map(({ value }) => SagaEvent.parse(JSON.parse(`${value}`)));
}

const terminal = new Set(["saga.completed", "saga.compensated", "saga.failed"]);

/** The saga's events by time, once its end is among them. */
async function eventsOf({ sagaId }: Placed): Promise<SagaEvent[]> {
  let events: SagaEvent[] = [];
  await waitUntil(`${sagaId} has its end on saga.events`, async () => {
    events = (await allEvents()).filter((event) => event.correlationid === sagaId);
    return events.some((event) => terminal.has(event.type));
  });
  return events.sort((a, b) => (a.time < b.time ? -1 : 1));
}

const said = (event: SagaEvent) =>
  "step" in event.data ? `${event.type.replace("saga.", "")} ${event.data.step}` : event.type.replace("saga.", "");

/** No event twice, one end, each cause known. */
function checkWhole(events: readonly SagaEvent[]): void {
  const ids = new Set<string>(events.map((event) => event.id));
  assert.equal(ids.size, events.length, "an event came twice");
  assert.equal(events.filter((event) => terminal.has(event.type)).length, 1, events.map(said).join("\n"));
  for (const event of events) {
    if (event.type === "saga.started") assert.equal(event.causationid, undefined);
    else assert.ok(event.causationid && ids.has(event.causationid), `${said(event)} has no known cause`);
  }
  const doings = events.filter((event) => event.type.endsWith(".completed")).map(said);
  assert.equal(new Set(doings).size, doings.length, `something was done twice: ${doings}`);
}

async function rows(service: StatefulService, text: string): Promise<Record<string, unknown>[]> {
  let found: Record<string, unknown>[] = [];
  await inDatabase(demo.databaseUrlOf(service), async (client) => {
    found = (await client.query(text)).rows;
  });
  return found;
}

for (const mode of modes) {
  test(`${mode}: a healthy order is confirmed, step after step`, async () => {
    const placed = await place(mode);
    assert.equal(await ended(placed), "CONFIRMED");
    const events = await eventsOf(placed);
    checkWhole(events);
    assert.deepEqual(events.map(said), [
      "started",
      ...plan.flatMap((step) => [`step.started ${step}`, `step.completed ${step}`]),
      "completed",
    ]);
    const [first] = events;
    assert.deepEqual(first?.data.plan, [...plan]);
    assert.equal(first?.data.labels?.amount, "99.99 EUR");
    assert.ok(
      events.every(
        (event) => event.sagastarted === first?.sagastarted && event.traceparent && event.data.serviceVersion,
      ),
    );
    assert.equal(events.at(-1)?.source, mode === "choreography" ? "/services/orders" : "/services/orchestrator");
  });

  test(`${mode}: a carrier that never answers is asked three times, then all is undone in reverse`, async () => {
    const placed = await place(mode, { fault: { step: "schedule-shipment", code: "carrier_timeout" } });
    assert.equal(await ended(placed), "CANCELLED");
    const events = await eventsOf(placed);
    checkWhole(events);
    const tail = events.map((event) =>
      "attempt" in event.data && event.data.attempt > 1 ? `${said(event)} ${event.data.attempt}` : said(event),
    );
    assert.deepEqual(tail.slice(7), [
      "step.started schedule-shipment",
      "step.failed schedule-shipment",
      "step.started schedule-shipment 2",
      "step.failed schedule-shipment 2",
      "step.started schedule-shipment 3",
      "step.failed schedule-shipment 3",
      "compensation.started refund-payment",
      "compensation.completed refund-payment",
      "compensation.started release-stock",
      "compensation.completed release-stock",
      "compensation.started cancel-order",
      "compensation.completed cancel-order",
      "compensated",
    ]);
    const [charge] = await rows("payments", `SELECT refunded_at FROM charges WHERE order_id = '${placed.orderId}'`);
    assert.ok(charge?.refunded_at);
    const [reservation] = await rows(
      "inventory",
      `SELECT released_at FROM reservations WHERE order_id = '${placed.orderId}'`,
    );
    assert.ok(reservation?.released_at);
    assert.equal((await rows("shipping", `SELECT FROM shipments WHERE order_id = '${placed.orderId}'`)).length, 0);
  });

  for (const { title, faults, status, last, not } of [
    {
      title: "a declined card",
      faults: { fault: { step: "charge-payment", code: "card_declined" } },
      status: "CANCELLED",
      last: "saga.compensated",
      not: "refund-payment",
    },
    {
      title: "no stock",
      faults: { fault: { step: "reserve-stock", code: "out_of_stock" } },
      status: "CANCELLED",
      last: "saga.compensated",
      not: "release-stock",
    },
    {
      title: "a carrier that answers at last",
      faults: { fault: { step: "schedule-shipment", code: "carrier_timeout", times: 2 } },
      status: "CONFIRMED",
      last: "saga.completed",
      not: "refund-payment",
    },
    {
      title: "a confirmation that fails at first",
      faults: { fault: { step: "confirm-order", code: "write_conflict" } },
      status: "CONFIRMED",
      last: "saga.completed",
      not: "cancel-order",
    },
    {
      title: "a refund that is impossible",
      faults: {
        fault: { step: "schedule-shipment", code: "carrier_rejected_address" },
        compensationFault: { step: "refund-payment", code: "account_closed" },
      },
      status: "ATTENTION",
      last: "saga.failed",
      not: "release-stock",
    },
    {
      title: "a lost refund",
      faults: {
        fault: { step: "schedule-shipment", code: "carrier_rejected_address" },
        lostCompensation: "refund-payment",
      },
      status: "CANCELLED",
      last: "saga.compensated",
      not: "refund-payment",
    },
  ] satisfies { title: string; faults: Demo; status: string; last: string; not: string }[]) {
    test(`${mode}: ${title} ends as ${last}`, async () => {
      const placed = await place(mode, faults);
      assert.equal(await ended(placed), status);
      const events = await eventsOf(placed);
      checkWhole(events);
      assert.equal(events.at(-1)?.type, last);
      assert.ok(!events.some((event) => "step" in event.data && event.data.step === not), `${not} happened`);
    });
  }
}

test("services killed in any step come back and every order ends right, once", async () => {
  const slow = (step: "reserve-stock" | "charge-payment" | "schedule-shipment", delayMs: number, code?: string) => ({
    fault: { step, delayMs, ...(code && { code }) },
  });
  const placed = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const steps = ["reserve-stock", "charge-payment", "schedule-shipment"] as const;
      const fails = index % 4 === 3;
      const step = fails ? "schedule-shipment" : (steps[index % 3] ?? "reserve-stock");
      const mode: Mode = index % 2 === 0 ? "orchestration" : "choreography";
      const made = await place(mode, slow(step, (index * 137) % 1500, fails ? "carrier_rejected_address" : undefined));
      return { ...made, fails };
    }),
  );
  for (const service of [
    "orchestrator",
    "payments",
    "orchestrator",
    "shipping",
    "orders",
    "inventory",
    "orchestrator",
  ] as const) {
    await demo.kill(service);
    await demo.start(service);
  }
  for (const each of placed) assert.equal(await ended(each), each.fails ? "CANCELLED" : "CONFIRMED", each.orderId);
  const events = new Map<string, Map<string, SagaEvent>>();
  await waitUntil("every saga has its end on saga.events", async () => {
    for (const event of await allEvents()) {
      // A killed relay may publish again: the same id is the same event.
      events.set(event.correlationid, (events.get(event.correlationid) ?? new Map()).set(event.id, event));
    }
    return placed.every(({ sagaId }) =>
      [...(events.get(sagaId)?.values() ?? [])].some((event) => terminal.has(event.type)),
    );
  });
  for (const { sagaId } of placed) checkWhole([...(events.get(sagaId)?.values() ?? [])]);
});

test("poison on every topic is kept with its reason and stops nobody", async () => {
  const producer = demo.kafka.producer();
  await producer.connect();
  const poison = [
    "not json",
    "{}",
    "[]",
    "null",
    '"\\ud800"',
    JSON.stringify({ type: "OrderCreated", order: { orderId: 7 } }),
    "x".repeat(200_000),
    "\0",
  ];
  for (const topic of demoTopics) {
    await producer.send({
      topic: `${demo.topicPrefix}${topic}`,
      messages: [
        ...poison.map((value) => ({ key: "poison", value })),
        { key: null, value: null },
        { value: "{}", headers: { messageid: "\0", sagaid: "\ud800" } },
      ],
    });
  }
  await producer.disconnect();
  for (const mode of modes) assert.equal(await ended(await place(mode)), "CONFIRMED");
  const readers: Partial<Record<StatefulService, number>> = {
    inventory: 3,
    payments: 3,
    shipping: 2,
    orders: 4,
    orchestrator: 2,
  };
  for (const [service, topics] of Object.entries(readers) as [StatefulService, number][]) {
    await waitUntil(`${service} has put all its poison away`, async () => {
      const [found] = await rows(
        service,
        "SELECT count(*)::int AS dead, count(*) FILTER (WHERE length(reason) > 10)::int AS explained FROM dead_letters",
      );
      return found?.dead === topics * (poison.length + 2) && found.explained === found.dead;
    });
  }
});

test("a repeated request with the same idempotency key makes one order", async () => {
  const headers = { "idempotency-key": `again-${demo.topicPrefix}` };
  const answers = await Promise.all([post(order, headers), post(order, headers), post(order, headers)]);
  const ids = await Promise.all(answers.map(async (answer) => ((await answer.json()) as Placed).orderId));
  assert.equal(new Set(ids).size, 1);
});

test("the same idempotency key gives the first answer again, and refuses another request with 422", async () => {
  const headers = { "idempotency-key": `same-${demo.topicPrefix}` };
  const first = await post(order, headers);
  const placed = (await first.json()) as Placed;
  assert.equal(await ended(placed), "CONFIRMED");
  const again = await post({ ...order, amount: { currency: "EUR", value: 99.99 }, mode: "choreography" }, headers);
  assert.deepEqual([again.status, await again.json()], [first.status, placed]);
  assert.equal(again.headers.get("location"), first.headers.get("location"));
  for (const change of [
    { items: [{ sku: "sku-3", quantity: 3 }] },
    { amount: { value: 99.98, currency: "EUR" } },
    { mode: "orchestration" },
    { demo: { label: "history" } },
  ]) {
    const other = await post({ ...order, ...change }, headers);
    const { error } = (await other.json()) as { error: string };
    assert.equal(other.status, 422, JSON.stringify(change));
    assert.match(error, /idempotency-key: it was used for another request/);
  }
  const keyed = await rows("orders", `SELECT FROM orders WHERE idempotency_key = 'same-${demo.topicPrefix}'`);
  assert.equal(keyed.length, 1);
});

for (const { title, body, headers, status, reason } of [
  { title: "not JSON", body: "{", status: 400, reason: /JSON/ },
  { title: "an empty body", body: "", status: 400, reason: /body/i },
  { title: "a wrong type", body: { ...order, items: "two" }, status: 400, reason: /items/ },
  { title: "no amount", body: { ...order, amount: { value: -1, currency: "EUR" } }, status: 400, reason: /amount/ },
  { title: "a lone surrogate", body: '{"customerId":"\\ud800"}', status: 400, reason: /customerId/ },
  { title: "a NUL", body: { ...order, customerId: "a\0b" }, status: 400, reason: /customerId/ },
  {
    title: "an unknown fault",
    body: { ...order, demo: { fault: { step: "nowhere" } } },
    status: 400,
    reason: /demo\.fault\.step/,
  },
  { title: "a poisoned prototype", body: '{"__proto__":{"a":1}}', status: 400, reason: /JSON/ },
  { title: "another media type", body: "<a/>", headers: { "content-type": "text/xml" }, status: 415, reason: /media/i },
  { title: "a customer who does not exist", body: { ...order, customerId: "nobody" }, status: 422, reason: /nobody/ },
  {
    title: "a body that the service finds too big",
    body: { ...order, note: "x".repeat(100_000) },
    status: 413,
    reason: /large/,
  },
  { title: "a body that the gateway finds too big", body: "x".repeat(10_000_000), status: 413, reason: /bytes|large/ },
]) {
  test(`POST /orders refuses ${title} with ${status}`, async () => {
    const answer = await post(body, headers);
    const { error } = (await answer.json()) as { error: string };
    assert.equal(answer.status, status, error);
    assert.match(error, reason);
  });
}

test("the HTTP hop is one trace; each Kafka hop is its own, linked; logs carry saga and trace", async () => {
  const placed = await place("choreography");
  assert.equal(await ended(placed), "CONFIRMED");
  const spansOfSaga = () => sink.spans.filter((span) => span.attributes["saga.id"] === placed.sagaId);
  const steps = ["reserve-stock", "schedule-shipment", "confirm-order"];
  await waitUntil("each hop's span is exported", () =>
    steps.every((step) => spansOfSaga().some((span) => span.kind === 5 && span.attributes["saga.step"] === step)),
  );
  const gatewaySpan = () => spansOfSaga().find((span) => span.service === "gateway" && span.name.startsWith("POST"));
  const ofRequest = () => sink.spans.filter((span) => span.traceId === gatewaySpan()?.traceId);
  await waitUntil("the request's spans are exported", () =>
    ["POST /orders/orders", "POST /orders", "GET /users/:customerId", "send orders.events"].every((name) =>
      ofRequest().some((span) => span.name === name),
    ),
  );
  const mine = spansOfSaga();
  const gateway = gatewaySpan();
  assert.equal(gateway?.attributes["http.route"], "/orders/orders");
  assert.equal(gateway?.attributes["gateway.outcome"], "proxied");
  const inTrace = ofRequest();
  assert.deepEqual([...new Set(inTrace.map((span) => span.service))].sort(), ["gateway", "orders", "users"]);
  for (const span of inTrace) {
    if (span !== gateway)
      assert.ok(
        inTrace.some(({ spanId }) => spanId === span.parentSpanId),
        `${span.service} ${span.name} has no parent`,
      );
  }
  const hops = mine.filter((span) => span.kind === 5);
  assert.deepEqual([...new Set(hops.map((span) => span.service))].sort(), ["inventory", "orders", "shipping"]);
  for (const hop of hops) {
    assert.ok(!hop.parentSpanId);
    assert.equal(hop.links?.length, 1);
    assert.notEqual(hop.links?.[0]?.traceId, hop.traceId);
  }
  const sent = sink.spans.find((span) => span.name === "send orders.events" && span.traceId === gateway?.traceId);
  assert.ok(
    hops.some((hop) => hop.links?.[0]?.spanId === sent?.spanId),
    "the first hop links to what the gateway's request sent",
  );
  const logsOfSaga = () => sink.logs.filter((log) => log.attributes["saga.id"] === placed.sagaId);
  await waitUntil("the saga's log records are exported", () => logsOfSaga().length >= 5);
  assert.ok(logsOfSaga().every((log) => log.traceId));
  await waitUntil("the duration is exported", () => sink.metricNames.has("gateway http.server.request.duration"));
});
