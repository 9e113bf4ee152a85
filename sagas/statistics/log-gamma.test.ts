import assert from "node:assert/strict";
import { test } from "node:test";
import { logBeta, logChoose, logGamma } from "./log-gamma.ts";

for (const [x, expected] of [
  [0.1, 2.252712651734206],
  [0.5, 0.5 * Math.log(Math.PI)],
  [1, 0],
  [2, 0],
  [10.5, 13.940625219403763],
  [100, 359.1342053695754],
  [1e6, 12815504.569147611],
] as const) {
  test(`log gamma of ${x}`, () =>
    assert.ok(Math.abs(logGamma(x) - expected) <= 1e-12 * Math.max(1, Math.abs(expected))));
}

test("gamma steps up by its argument", () => {
  for (let x = 0.05; x < 500; x *= 1.3) {
    assert.ok(Math.abs(logGamma(x + 1) - logGamma(x) - Math.log(x)) < 1e-11 * Math.max(1, x));
  }
});

test("beta and ways to choose", () => {
  assert.ok(Math.abs(Math.exp(logBeta(2, 3)) - 1 / 12) < 1e-12);
  assert.ok(Math.abs(Math.exp(logChoose(52, 5)) - 2_598_960) < 1e-4);
});
