import assert from "node:assert/strict";
import { test } from "node:test";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { type CaseEvent, rowsOf } from "./history-cases.ts";
import { Limits } from "./outlook/limits.ts";
import { sentenceOf } from "./sentence.ts";
import { summaryOf } from "./summary.ts";
import { timelineOf } from "./timeline.ts";
import { breachesOf } from "./verdicts.ts";
import { readStepName } from "./words.ts";

const startedAt = "2026-06-01T12:04:05.000Z";
const plan = ["create-order", "reserve-stock", "charge-payment", "schedule-shipment", "confirm-order"];
const at = (seconds: number) => seconds * 1000;

/** `done("x", 1)` begins half a second before it completes. */
const begun = (step: string, s: number, attempt = 1): CaseEvent => ({
  type: "step.started",
  step,
  attempt,
  atMs: at(s),
});
const done = (step: string, s: number, attempt = 1): CaseEvent[] => [
  begun(step, s - 0.5, attempt),
  { type: "step.completed", step, attempt, atMs: at(s) },
];
const failed = (
  step: string,
  s: number,
  { code, attempt = 1, retryable = false }: { code: string; attempt?: number; retryable?: boolean },
): CaseEvent[] => [
  begun(step, s - 0.5, attempt),
  { type: "step.failed", step, attempt, atMs: at(s), error: { code, message: "", retryable } },
];
const undone = (step: string, compensates: string, s: number): CaseEvent[] => [
  { type: "compensation.started", step, compensates, atMs: at(s - 0.5) },
  { type: "compensation.completed", step, compensates, atMs: at(s) },
];
const start: CaseEvent = { type: "started", plan, atMs: 0 };
const paid = [start, ...done("create-order", 1), ...done("reserve-stock", 2), ...done("charge-payment", 4)];
const noCarrier = [1, 2, 3].flatMap((attempt) =>
  failed("schedule-shipment", 4 + attempt, { code: "carrier_timeout", attempt, retryable: attempt < 3 }),
);

function told(
  events: readonly CaseEvent[],
  { nowSeconds = 60, deadlineSeconds }: { nowSeconds?: number; deadlineSeconds?: number } = {},
): string {
  const deadline =
    deadlineSeconds === undefined ? null : new Date(Date.parse(startedAt) + at(deadlineSeconds)).toISOString();
  const rows = rowsOf({ events }, { baseMs: Date.parse(startedAt) }).map((row) => ({
    ...row,
    deadline,
    labels: { amount: "99.99 EUR", orderId: "o-1" },
  }));
  const nowMs = Date.parse(startedAt) + at(nowSeconds);
  const breaches = breachesOf(rows);
  const saga = { id: "s" as SagaSummary["id"], type: "t", version: "3", subject: "", startedAt };
  return sentenceOf(
    { ...summaryOf(saga, { events: rows, breaches, nowMs, limits: Limits.none }), steps: timelineOf(rows), breaches },
    { nowMs },
  );
}

for (const { name, events, options, says } of [
  {
    name: "completed",
    events: [
      ...paid,
      ...done("schedule-shipment", 5),
      ...done("confirm-order", 6),
      { type: "completed", atMs: at(6.2) },
    ],
    says: "Completed in 6.2 s: 5 steps, no retries.",
  },
  {
    name: "completed after a retry",
    events: [
      ...paid,
      ...failed("schedule-shipment", 5, { code: "carrier_timeout", retryable: true }),
      ...done("schedule-shipment", 7, 2),
      ...done("confirm-order", 8),
      { type: "completed", atMs: at(8) },
    ],
    says: "Completed in 8.0 s: 5 steps; schedule-shipment took 2 attempts (carrier_timeout).",
  },
  {
    name: "running",
    events: [...paid, begun("schedule-shipment", 5)],
    options: { nowSeconds: 9.2 },
    says: "Waiting for schedule-shipment since 12:04:10 (4.2 s).",
  },
  {
    name: "running in a second attempt",
    events: [
      ...paid,
      ...failed("schedule-shipment", 5, { code: "carrier_timeout", retryable: true }),
      begun("schedule-shipment", 6, 2),
    ],
    options: { nowSeconds: 10.2 },
    says: "Waiting for schedule-shipment since 12:04:11 (4.2 s), attempt 2 after carrier_timeout.",
  },
  {
    name: "waiting to retry",
    events: [...paid, ...failed("schedule-shipment", 5, { code: "carrier_timeout", retryable: true })],
    options: { nowSeconds: 7 },
    says: "Waiting to retry schedule-shipment since 12:04:10 (2.0 s), 1st attempt failed: carrier_timeout.",
  },
  {
    name: "between two steps",
    events: paid,
    options: { nowSeconds: 5 },
    says: "Waiting for schedule-shipment to begin since 12:04:09 (1.0 s).",
  },
  {
    name: "before the first step",
    events: [start],
    options: { nowSeconds: 1 },
    says: "Waiting for create-order to begin since 12:04:05 (1.0 s).",
  },
  {
    name: "after a failure that nobody has answered yet",
    events: [...paid, ...failed("schedule-shipment", 5, { code: "carrier_rejected_address" })],
    options: { nowSeconds: 6 },
    says: "Nothing heard since 12:04:10 (1.0 s).",
  },
  {
    name: "completed without a planned step",
    events: [...paid, { type: "completed", atMs: at(5) }],
    says: "Completed in 5.0 s: 3 steps, no retries. The saga completed and its plan names schedule-shipment, but no event says that schedule-shipment did. The saga completed and its plan names confirm-order, but no event says that confirm-order did.",
  },
  {
    name: "overdue",
    events: paid,
    options: { nowSeconds: 155, deadlineSeconds: 30 },
    says: "Overdue by 2 m 05 s. Waiting for schedule-shipment to begin since 12:04:09 (2 m 31 s).",
  },
  {
    name: "being undone",
    events: [
      ...paid,
      ...noCarrier,
      ...undone("refund-payment", "charge-payment", 9),
      { type: "compensation.started", step: "release-stock", compensates: "reserve-stock", atMs: at(10) },
    ],
    options: { nowSeconds: 11 },
    says: "Scheduling the shipment failed after 3 attempts (carrier_timeout). 99.99 EUR refunded. Waiting for release-stock since 12:04:15 (1.0 s).",
  },
  {
    name: "all undone",
    events: [
      ...paid,
      ...noCarrier,
      ...undone("refund-payment", "charge-payment", 9),
      ...undone("release-stock", "reserve-stock", 10),
      ...undone("cancel-order", "create-order", 11),
      { type: "compensated", atMs: at(11) },
    ],
    says: "Scheduling the shipment failed after 3 attempts (carrier_timeout). 99.99 EUR refunded, stock released, order cancelled. Nothing is left held.",
  },
  {
    name: "said to be undone, but the money is held",
    events: [
      ...paid,
      ...noCarrier,
      ...undone("release-stock", "reserve-stock", 10),
      ...undone("cancel-order", "create-order", 11),
      { type: "compensated", atMs: at(11) },
    ],
    says: "Scheduling the shipment failed after 3 attempts (carrier_timeout). Stock released, order cancelled. Payment charged 12:04:09, never undone: 99.99 EUR still held.",
  },
  {
    name: "failed because the refund did",
    events: [
      start,
      ...done("charge-payment", 4),
      ...failed("schedule-shipment", 5, { code: "carrier_rejected_address" }),
      { type: "compensation.started", step: "refund-payment", compensates: "charge-payment", atMs: at(6) },
      {
        type: "compensation.failed",
        step: "refund-payment",
        compensates: "charge-payment",
        atMs: at(7),
        error: { code: "bank_down", message: "", retryable: false },
      },
      { type: "failed", atMs: at(8) },
    ],
    says: "Scheduling the shipment failed (carrier_rejected_address). Payment charged 12:04:09, refund failed (bank_down): 99.99 EUR still held. A person is needed.",
  },
  {
    name: "resolved",
    events: [
      start,
      ...failed("reserve-stock", 2, { code: "out_of_stock" }),
      { type: "failed", atMs: at(3) },
      { type: "resolved", atMs: at(300) },
    ],
    says: "Reserving the stock failed (out_of_stock). A person resolved it at 12:09:05.",
  },
  {
    name: "resolved while nothing had failed",
    events: [start, { type: "resolved", atMs: at(300) }],
    says: "A person resolved it at 12:09:05.",
  },
  {
    name: "undone though no step failed",
    events: [
      start,
      ...done("reserve-stock", 2),
      ...undone("release-stock", "reserve-stock", 3),
      { type: "compensated", atMs: at(4) },
    ],
    says: "It was undone without a step that failed. Stock released. Nothing is left held.",
  },
  {
    name: "with an effect twice",
    events: [
      { type: "started", atMs: 0 },
      { type: "step.completed", step: "charge-payment", atMs: at(1) },
      { type: "step.completed", step: "charge-payment", atMs: at(2) },
      { type: "completed", atMs: at(3) },
    ],
    says: "Completed in 3.0 s: 1 step, no retries. charge-payment completed 2 times: case-1 at 12:04:06.000, case-2 at 12:04:07.000.",
  },
  {
    name: "names that are no verbs",
    events: [start, ...failed("step7", 1, { code: "x" }), { type: "failed", atMs: at(2) }],
    says: "Step7 failed (x). Nothing is left held. A person is needed.",
  },
] as { name: string; events: CaseEvent[]; options?: Parameters<typeof told>[1]; says: string }[]) {
  test(`sentence: ${name}`, () => assert.equal(told(events, options), says));
}

for (const [name, gerund, participle, object] of [
  ["charge-payment", "charging", "charged", "payment"],
  ["chargePayment", "charging", "charged", "payment"],
  ["notify_customer", "notifying", "notified", "customer"],
  ["ship-order", "shipping", "shipped", "order"],
  ["send-confirmation-mail", "sending", "sent", "confirmation mail"],
  ["cancel-order", "cancelling", "cancelled", "order"],
] as const) {
  test(`words: ${name}`, () =>
    assert.deepEqual(readStepName(name), {
      name,
      action: readStepName(name).action,
      verb: { gerund, participle },
      object,
    }));
}
