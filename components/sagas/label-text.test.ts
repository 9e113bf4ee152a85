import assert from "node:assert/strict";
import { test } from "node:test";
import { labelText } from "./label-text.ts";

for (const { key, value, text } of [
  { key: "sku", value: "mug-stone", text: "mug-stone" },
  { key: "quantity", value: "3", text: "quantity 3" },
  { key: "orderId", value: "123", text: "orderId 123" },
  { key: "amount", value: "9.50 EUR", text: "9.50 EUR" },
  { key: "note", value: "a value too long for a column", text: "a value too …lumn" },
]) {
  test(`a list shows ${key}=${value} as “${text}”`, () => assert.equal(labelText(key, value), text));
}
