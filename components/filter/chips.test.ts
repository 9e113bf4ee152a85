import assert from "node:assert/strict";
import { test } from "node:test";
import { addChip, type Chip, parseChips, readChips, toggleChip, withChips } from "./chips.ts";

for (const { text, chips } of [
  { text: "", chips: [] },
  { text: "state:failed", chips: [{ key: "state", value: "failed" }] },
  {
    text: "state:failed type:order-fulfilment orderId=123 refund lost",
    chips: [
      { key: "state", value: "failed" },
      { key: "type", value: "order-fulfilment" },
      { key: "label", value: "orderId=123" },
      { key: "q", value: "refund lost" },
    ],
  },
  { text: 'error:"card declined"', chips: [{ key: "error", value: "card declined" }] },
  { text: 'amount="99.99 EUR"', chips: [{ key: "label", value: "amount=99.99 EUR" }] },
  { text: '"two words"', chips: [{ key: "q", value: "two words" }] },
  { text: "https://example.org", problem: true },
  { text: "state:broken", problem: true },
  { text: "verdict:late", problem: true },
  { text: "rule:never_compensated", chips: [{ key: "rule", value: "never_compensated" }] },
  { text: "rule:never", problem: true },
  { text: "waitsIn:charge-payment", chips: [{ key: "waitsIn", value: "charge-payment" }] },
  { text: "failedStep:charge-payment", chips: [{ key: "failedStep", value: "charge-payment" }] },
  { text: "serviceVersion:orders@v1.4.2", chips: [{ key: "serviceVersion", value: "orders@v1.4.2" }] },
  { text: "residual:charge-payment", chips: [{ key: "residual", value: "charge-payment" }] },
  {
    text: "minMs:1414.2 maxMs:2000",
    chips: [
      { key: "minMs", value: "1414.2" },
      { key: "maxMs", value: "2000" },
    ],
  },
  { text: "minMs:2s", problem: true },
  { text: "maxMs:-1", problem: true },
  { text: "when:ended", chips: [{ key: "when", value: "ended" }] },
  { text: "when:started", problem: true },
]) {
  test(`“${text}”`, () => {
    const parsed = parseChips(text);
    if (chips) assert.deepEqual(parsed, { kind: "chips", chips });
    else assert.equal(parsed.kind, "problem");
  });
}

test("a problem says what there is instead", () => {
  const parsed = parseChips("state:broken");
  assert.match(parsed.kind === "problem" ? parsed.problem : "", /running, completed/);
});

const failed: Chip = { key: "state", value: "failed" };
const text: Chip = { key: "q", value: "x" };

test("chips come from the address and go back", () => {
  const params = new URLSearchParams("range=6h&state=failed&state=running&sort=duration&q=x");
  const chips = readChips(params);
  assert.deepEqual(chips, [failed, { key: "state", value: "running" }, text]);
  assert.equal(withChips(params, chips.slice(0, 1)).toString(), "range=6h&sort=duration&state=failed");
});

test("an empty step is a chip, as of an error that named none; nothing else is", () => {
  const chips = readChips(new URLSearchParams("error=bank_down&step=&type=&q="));
  assert.deepEqual(chips, [
    { key: "error", value: "bank_down" },
    { key: "step", value: "" },
  ]);
});

test("a chip is never twice, and there is one free text and one duration on either side", () => {
  assert.deepEqual(addChip([failed, text], failed), [text, failed]);
  assert.deepEqual(addChip([text], { key: "q", value: "y" }), [{ key: "q", value: "y" }]);
  const [shortest, longest]: Chip[] = [
    { key: "minMs", value: "5" },
    { key: "maxMs", value: "9" },
  ];
  assert.ok(shortest && longest);
  assert.deepEqual(addChip([{ key: "minMs", value: "1" }, longest], shortest), [longest, shortest]);
});

test("toggling twice changes nothing", () => assert.deepEqual(toggleChip(toggleChip([text], failed), failed), [text]));
