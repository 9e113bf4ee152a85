import assert from "node:assert/strict";
import { test } from "node:test";
import { type AlertRule, WebhookBody } from "#contracts/api/alerts.ts";
import type { AlertSagas } from "#store/clickhouse/queries/alert-sagas.ts";
import { nothingFound, type Occasion, webhookBody } from "./webhook-body.ts";

const nowMs = Date.UTC(2026, 10, 23, 12, 30);
const rule: AlertRule = {
  id: "0b7c",
  name: "Orders fail",
  condition: "failed",
  sagaType: "order-fulfilment",
  threshold: 2,
  windowSeconds: 300,
  severity: "critical",
  webhookUrl: "https://example.org/hook",
  enabled: true,
  state: "ok",
  lastCount: null,
  lastCheckedAt: null,
  firingSince: null,
  problem: null,
  createdAt: "2026-11-23T12:00:00.000Z",
};
const found: AlertSagas = {
  count: 1200,
  oldestStartedAt: "2026-11-23T10:00:00.000Z",
  sagas: [{ id: "order/1 2", type: "order-fulfilment", state: "failed", startedAt: "2026-11-23T12:29:00.000Z" }],
};
const tell = (occasion: Occasion, more: Partial<AlertRule> = {}, sagas = found) =>
  webhookBody(occasion, { rule: { ...rule, ...more }, found: sagas, nowMs, publicUrl: "https://sagas.example.org/x/" });

test("a message is what the contract says, with links that open its sagas", () => {
  const message = tell({ kind: "firing" });
  assert.deepEqual(WebhookBody.parse(message), message);
  assert.equal(message.data.sagas[0]?.link, "https://sagas.example.org/x/sagas/order%2F1%202");
  const link = new URL(message.data.link);
  assert.equal(link.pathname, "/x/sagas");
  assert.deepEqual(Object.fromEntries(link.searchParams), {
    state: "failed",
    when: "ended",
    type: "order-fulfilment",
    from: "2026-11-23T12:25:00.000Z",
    to: "2026-11-23T12:30:00.000Z",
  });
});

test("a list of overdue sagas begins with the oldest", () => {
  const link = new URL(tell({ kind: "firing" }, { condition: "overdue" }).data.link);
  assert.equal(link.searchParams.get("from"), "2026-11-23T10:00:00.000Z");
});

test("a list of overdue sagas of any type goes by the verdict", () => {
  const link = new URL(tell({ kind: "firing" }, { condition: "overdue", sagaType: null }, nothingFound).data.link);
  assert.deepEqual(Object.fromEntries(link.searchParams), {
    verdict: "overdue",
    from: "2026-11-23T12:25:00.000Z",
    to: "2026-11-23T12:30:00.000Z",
  });
});

const firing = { state: "firing", firingSince: "2026-11-23T12:18:00.000Z" } as const;
for (const { name, occasion, more, sagas, type, sentence } of [
  {
    name: "firing",
    occasion: { kind: "firing" },
    type: "alert.firing",
    sentence: "1,200 sagas of order-fulfilment failed within 5 min (threshold 2).",
  },
  {
    name: "firing of one, of any type",
    occasion: { kind: "firing" },
    more: { condition: "compensated", sagaType: null, threshold: 1, windowSeconds: 90 },
    sagas: { ...found, count: 1 },
    type: "alert.firing",
    sentence: "1 saga was compensated within 1 min 30 s (threshold 1).",
  },
  {
    name: "resolved",
    occasion: { kind: "resolved" },
    more: { ...firing, condition: "overdue", windowSeconds: 5400 },
    sagas: nothingFound,
    type: "alert.resolved",
    sentence:
      "Resolved after 12 min: no saga of order-fulfilment became overdue within 1 h 30 min, under the threshold of 2.",
  },
  {
    name: "ended",
    occasion: { kind: "ended", by: "deleted" },
    more: firing,
    type: "alert.resolved",
    sentence: "Not watched any more: the rule was deleted while it was firing.",
  },
  {
    name: "a test",
    occasion: { kind: "test" },
    type: "alert.test",
    sentence: 'A test of the rule "Orders fail": nothing has happened.',
  },
] satisfies {
  name: string;
  occasion: Occasion;
  more?: Partial<AlertRule>;
  sagas?: AlertSagas;
  type: string;
  sentence: string;
}[])
  test(`says in a sentence: ${name}`, () => {
    const message = tell(occasion, more, sagas);
    assert.equal(message.data.sentence, sentence);
    assert.equal(message.type, type);
  });
