import assert from "node:assert/strict";
import { test } from "node:test";
import { fractionOf, injectedFault } from "./fault.ts";
import { type Demo, Order } from "./order.ts";

const orderWith = (demo: Demo) =>
  Order.parse({
    orderId: "7",
    customerId: "customer-1",
    items: [{ sku: "sku-1", quantity: 1 }],
    amount: { value: 1, currency: "EUR" },
    demo,
  });

for (const { title, demo, step, attempt, code, retryable, delayMs } of [
  {
    title: "no fault, no harm",
    demo: {},
    step: "charge-payment",
    attempt: 1,
    code: undefined,
    retryable: undefined,
    delayMs: 0,
  },
  {
    title: "another step's fault is not this one's",
    demo: { fault: { step: "reserve-stock", code: "x" } },
    step: "charge-payment",
    attempt: 1,
    code: undefined,
    retryable: undefined,
    delayMs: 0,
  },
  {
    title: "a declined card is final",
    demo: { fault: { step: "charge-payment", code: "card_declined" } },
    step: "charge-payment",
    attempt: 1,
    code: "card_declined",
    retryable: false,
    delayMs: 0,
  },
  {
    title: "a carrier's time-out may pass",
    demo: { fault: { step: "schedule-shipment", code: "carrier_timeout", delayMs: 50 } },
    step: "schedule-shipment",
    attempt: 3,
    code: "carrier_timeout",
    retryable: true,
    delayMs: 50,
  },
  {
    title: "what fails so many times works the next",
    demo: { fault: { step: "charge-payment", code: "card_declined", times: 2 } },
    step: "charge-payment",
    attempt: 3,
    code: undefined,
    retryable: undefined,
    delayMs: 0,
  },
  {
    title: "what fails so many times may be tried again",
    demo: { fault: { step: "charge-payment", code: "card_declined", times: 2 } },
    step: "charge-payment",
    attempt: 2,
    code: "card_declined",
    retryable: true,
    delayMs: 0,
  },
  {
    title: "without a code it is only slow",
    demo: { fault: { step: "charge-payment", delayMs: 900 } },
    step: "charge-payment",
    attempt: 1,
    code: undefined,
    retryable: undefined,
    delayMs: 900,
  },
  {
    title: "a compensation has a fault of its own",
    demo: { compensationFault: { step: "refund-payment", code: "closed" } },
    step: "refund-payment",
    attempt: 1,
    code: "closed",
    retryable: false,
    delayMs: 0,
  },
] as const) {
  test(title, () => {
    const injected = injectedFault(orderWith(demo), step, attempt);
    assert.equal(injected.error?.code, code);
    assert.equal(injected.error?.retryable, retryable);
    assert.equal(injected.delayMs, delayMs);
  });
}

test("fractions are the same each time, lie in [0, 1) and spread", () => {
  const fractions = Array.from({ length: 1000 }, (_, index) => fractionOf(`order-${index} charge-payment 1`));
  assert.equal(fractionOf("order-3 charge-payment 1"), fractions[3]);
  assert.ok(fractions.every((fraction) => fraction >= 0 && fraction < 1));
  const low = fractions.filter((fraction) => fraction < 0.5).length;
  assert.ok(low > 400 && low < 600, `${low} of 1000 below one half`);
});
