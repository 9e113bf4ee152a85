import assert from "node:assert/strict";
import { test } from "node:test";
import { countedPatch } from "./rule-sentence.ts";

const ends = { from: null, to: null };

for (const { name, rule, patch } of [
  {
    name: "failures, by when they ended",
    rule: { condition: "failed", sagaType: null, windowSeconds: 300 },
    patch: { state: "failed", when: "ended", type: null, range: "5m", ...ends },
  },
  {
    name: "of one type, over hours",
    rule: { condition: "compensated", sagaType: "order", windowSeconds: 7200 },
    patch: { state: "compensated", when: "ended", type: "order", range: "2h", ...ends },
  },
  {
    name: "overdue ones, which have no end",
    rule: { condition: "overdue", sagaType: null, windowSeconds: 90 },
    patch: { verdict: "overdue", type: null, range: "2m", ...ends },
  },
] as const) {
  test(`a rule's count opens ${name}`, () => assert.deepEqual(countedPatch(rule), patch));
}
