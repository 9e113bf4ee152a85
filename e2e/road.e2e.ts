import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AlertRule, WebhookSecret } from "#contracts/api/alerts.ts";
import { Gateway } from "#contracts/api/gateway.ts";
import { SagaList, SagaLogs, SagaTraces } from "#contracts/api/saga.ts";
import { type OpenBrowser, openBrowser } from "./browser.ts";
import { ask, endpoints, eventually, placeOrder, sagaIn, tell } from "./stack.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts";

let browser: OpenBrowser;
let receiver: WebhookReceiver;
let rule: AlertRule;
before(async () => {
  const { secret } = await ask("/alerts/secret", WebhookSecret);
  receiver = await startWebhookReceiver(secret);
  const created = await tell("POST", "/alerts/rules", {
    name: "Orders undone",
    condition: "compensated",
    sagaType: "order-fulfilment-orchestrated",
    threshold: 1,
    windowSeconds: 60,
    webhookUrl: receiver.url,
  });
  rule = AlertRule.parse(await created.json());
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  await tell("DELETE", `/alerts/rules/${rule.id}`);
  await receiver.close();
});

test("an order that fails in shipping is seen running, compensating and compensated on its page, without a reload", async () => {
  const { page } = browser;
  const { sagaId } = await placeOrder(
    {
      // Slow enough that a browser on a busy machine comes in time for each state.
      fault: { step: "schedule-shipment", code: "carrier_timeout", delayMs: 4_000 },
      compensationFault: { step: "refund-payment", delayMs: 4_000 },
    },
    { mode: "orchestration" },
  );
  await sagaIn(sagaId, ["running"]);
  await page.goto(`${endpoints().web}/sagas/${sagaId}`);
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  const head = page.getByRole("article").locator("header").first();
  const seen: string[] = [];
  await eventually(
    "the page says compensated",
    async () => {
      const [state] = /running|compensating|compensated|completed|failed/.exec((await head.textContent()) ?? "") ?? [];
      if (state && seen.at(-1) !== state) seen.push(state);
      return state === "compensated";
    },
    120_000,
  );
  assert.deepEqual(seen, ["running", "compensating", "compensated"]);
  assert.equal(await page.evaluate(() => "sameDocument" in window), true, "the page was loaded anew");
  await page.getByText(/99\.99 EUR refunded/).waitFor();
  await page
    .getByText(/carrier_timeout/)
    .first()
    .waitFor();

  await eventually("the gateway's and the services' spans", async () => {
    const { spans } = await ask(`/sagas/${sagaId}/traces`, SagaTraces);
    const services = new Set(spans.map(({ service }) => service));
    return ["gateway", "orders", "orchestrator", "inventory", "payments", "shipping"].every((name) =>
      services.has(name),
    );
  });
  await page.getByRole("tab", { name: /Trace/ }).click();
  await page.getByText("POST /orders", { exact: false }).first().waitFor();

  const lines = await eventually("its log lines", async () => {
    const { logs } = await ask(`/sagas/${sagaId}/logs`, SagaLogs);
    return logs.length >= 4 && logs;
  });
  await page.getByRole("tab", { name: /Logs/ }).click();
  await page
    .getByText(lines[0]?.body ?? "", { exact: false })
    .first()
    .waitFor();

  await eventually("the gateway's page knows the request", async () => {
    const { requests, total } = await ask("/gateway?range=1h", Gateway);
    return total.requests > 0 && requests.some((request) => request.sagaId === sagaId && request.status === 202);
  });
  await page.goto(`${endpoints().web}/gateway`);
  await page.locator(`a[href*="${sagaId}"]`).first().waitFor();

  const call = await eventually(
    "the webhook about it",
    async () => receiver.calls.find(({ body }) => body.data.sagas.some((saga) => saga.id === sagaId)),
    60_000,
  );
  assert.deepEqual(receiver.refused, []);
  assert.equal(call.body.type, "alert.firing");
  const link = call.body.data.sagas.find((saga) => saga.id === sagaId)?.link ?? "";
  await page.goto(link);
  await page.getByRole("article", { name: new RegExp(sagaId) }).waitFor();
  assert.match((await head.textContent()) ?? "", /compensated/);
  await page.goto(call.body.data.link);
  await page.locator(`a[href*="${sagaId}"]`).first().waitFor();
});

test("an order that goes through is completed, and nothing of it is undone", async () => {
  const { sagaId } = await placeOrder({});
  const saga = await sagaIn(sagaId, ["completed"], 60_000);
  assert.deepEqual(
    saga.steps.map(({ name, state }) => [name, state]),
    ["create-order", "reserve-stock", "charge-payment", "schedule-shipment", "confirm-order"].map((name) => [
      name,
      "completed",
    ]),
  );
  assert.deepEqual(saga.breaches, []);
});

test("a refund that was lost is found and named as soon as it is certain", async (context) => {
  const { sagaId } = await placeOrder({
    fault: { step: "schedule-shipment", code: "carrier_rejected_address" },
    lostCompensation: "refund-payment",
  });
  const foundMs = await eventually(
    "the list of what was never compensated has it",
    async () => {
      const query = `rule=never_compensated&residual=charge-payment&q=${sagaId}`;
      const { sagas } = await ask(`/sagas?${query}`, SagaList);
      return sagas.some(({ id, verdicts }) => id === sagaId && verdicts.includes("inconsistent")) && Date.now();
    },
    60_000,
  );
  const saga = await sagaIn(sagaId, ["compensated"]);
  // Certain once the saga says that it was undone.
  context.diagnostic(`named ${foundMs - Date.parse(saga.endedAt ?? "")} ms after it was certain`);
  assert.ok(saga.verdicts.includes("inconsistent"));
  assert.deepEqual(
    saga.breaches.map(({ rule, step }) => [rule, step]),
    [["never_compensated", "charge-payment"]],
  );
  assert.match(saga.breaches[0]?.evidence ?? "", /charge-payment completed and no compensation of it did/);
  assert.deepEqual(
    saga.residuals.map(({ step, service, labels, undo }) => ({ step, service, labels, undo })),
    [{ step: "charge-payment", service: "payments", labels: { amount: "99.99 EUR" }, undo: null }],
  );
  assert.match(saga.sentence, /99\.99 EUR/);
  const { page } = browser;
  await page.goto(`${endpoints().web}/sagas/${sagaId}`);
  const held = page.getByRole("table", { name: "Still held" });
  await held.getByText("Never compensated").waitFor();
  await held.getByText("99.99 EUR").waitFor();
});

for (const path of ["/", "/sagas", "/latency", "/gateway", "/alerts"]) {
  for (const width of [1440, 390]) {
    test(`${path} at ${width} px shows its heading and never scrolls sideways`, async () => {
      const { page } = browser;
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${endpoints().web}${path}`);
      await page.getByRole("heading", { level: 1 }).first().waitFor({ state: "attached" });
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(wider <= 0, `${wider} px too wide`);
    });
  }
}

test("without a log-in there is no page and no data", async () => {
  const answer = await fetch(`${endpoints().web}/sagas`, { redirect: "manual" });
  assert.equal(answer.status, 303);
  assert.match(answer.headers.get("location") ?? "", /\/login/);
});

test("no page has complained", () => assert.deepEqual(browser.complaints, []));
