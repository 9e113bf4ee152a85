import assert from "node:assert/strict";
import { test } from "node:test";
import { SagaEvent } from "#contracts/saga-event.ts";
import { event, message } from "#ingest/testing.ts";
import { jsonOf, linesOf, summaryOf } from "./preview.ts";

const undone = SagaEvent.parse(
  event({
    type: "saga.compensation.failed",
    data: {
      step: "refund",
      attempt: 2,
      compensates: "charge",
      labels: { orderId: "7" },
      deadline: "2026-01-03T00:00:00Z",
      error: { code: "gone", message: "no\naccount" },
    },
  }),
);
const told = { message: message('{"a":1}'), events: [undone], dead: [] };
const died = {
  message: message("\u001b[31mred"),
  events: [],
  dead: [{ reason: "not_json", detail: "It is\u0007 not." } as const],
};
const ignored = { message: message(null), events: [], dead: [] };

test("a person reads what would come out, and no terminal is told what to do", () => {
  assert.deepEqual([told, died, ignored].flatMap(linesOf), [
    'saga.events 1/7 2026-02-02T02:40:00.000Z  {"a":1}',
    "    saga.compensation.failed refund (attempt 2) undoes charge | order-fulfilment order-1 at 2026-01-02T03:04:05.123456789Z by payments due 2026-01-03T00:00:00Z | orderId=7 error gone: no account",
    "saga.events 1/7 2026-02-02T02:40:00.000Z   [31mred",
    "    dead letter, not_json: It is not.",
    "saga.events 1/7 2026-02-02T02:40:00.000Z  no value",
    "    ignored",
  ]);
  assert.equal(summaryOf([told, died, ignored]), "3 messages: 1 event of 1 saga, 1 ignored, dead letters: 1 not_json");
  assert.equal(summaryOf([]), "0 messages: 0 events of 0 sagas, 0 ignored, no dead letters");
});

test("a program reads the same", () => {
  const outcomes = [told, died, ignored].map((preview) => JSON.parse(jsonOf(preview)));
  assert.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ["events", "dead", "ignored"],
  );
  assert.deepEqual(SagaEvent.parse(outcomes[0].events[0]), undone);
});
