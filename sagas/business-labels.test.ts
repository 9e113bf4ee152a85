import assert from "node:assert/strict";
import { test } from "node:test";
import { SagaId } from "#contracts/ids.ts";
import { businessLabels } from "./business-labels.ts";

for (const { name, id, labels, keys } of [
  {
    name: "what is asked for first comes first",
    id: "s",
    labels: { sku: "a", amount: "9 EUR", orderId: "7" },
    keys: ["orderId", "amount", "sku"],
  },
  {
    name: "what the id says already is left out",
    id: "order-7f3-c21",
    labels: { orderId: "7f3-c21", sku: "a" },
    keys: ["sku"],
  },
  {
    name: "a value that the id only happens to end with stays",
    id: "order-7f31",
    labels: { quantity: "1" },
    keys: ["quantity"],
  },
  {
    name: "a number without a unit comes last",
    id: "s",
    labels: { quantity: "3", sku: "mug", amount: "9 EUR" },
    keys: ["amount", "sku", "quantity"],
  },
]) {
  test(`labels: ${name}`, () => {
    const shown = businessLabels({ id: SagaId.parse(id), labels });
    assert.deepEqual(
      shown.map(([key]) => key),
      keys,
    );
  });
}
