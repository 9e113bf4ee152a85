import assert from "node:assert/strict";
import { test } from "node:test";
import { compareReleases, type Outcomes, type Rules } from "./compare-releases.ts";
import { reasonOf } from "./reason.ts";

const rules: Rules = { metrics: ["failure"], alpha: 0.05, margin: 0.05, slowMargin: 0.05, fewest: 100 };
const outcomes = (sagas: number, failed: number): Outcomes => ({ sagas, failed, compensated: 0, slower: [0, 0, 0, 0] });
const reason = (minutes: number, canaryFailed: number) => {
  const minute = { baseline: outcomes(100, 1), canary: outcomes(100, canaryFailed) };
  return reasonOf(compareReleases(Array(minutes).fill(minute), rules), rules);
};

for (const [minutes, failed, expected] of [
  [0, 0, "Not enough sagas yet: 0 of the baseline and 0 of the canary, of 100 each."],
  [1, 2, "Not enough is known yet of failure: neither worse nor within the margin."],
  [20, 1, "The canary is within the margin: 1.00 % failed, of the baseline 1.00 %."],
  [20, 9, "The canary is worse: 9.00 % failed, of the baseline 1.00 %."],
] as const) {
  test(`${minutes} minutes with ${failed} failed in each`, () => assert.equal(reason(minutes, failed), expected));
}
