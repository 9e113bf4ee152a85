import assert from "node:assert/strict";
import { test } from "node:test";
import { compareReleases, inBlocks, type Outcomes, usualRules } from "./compare-releases.ts";
import { lookEveryMinute, sameRollout, simulateRollout } from "./simulate-releases.ts";

const rules = usualRules;
const same = sameRollout;
const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed);
const outcomes = (sagas: number): Outcomes => ({ sagas, failed: 0, compensated: 0, slower: [0, 0, 0, 0] });

test("of two versions that are the same at most 5 % are ever called worse, in looks every minute of eight hours", () => {
  const runs = seeds(200).map((seed) => compareReleases(simulateRollout(same, seed), rules));
  const alarms = runs.filter(({ metrics }) => metrics.some(({ verdict }) => verdict === "worse"));
  assert.ok(alarms.length / runs.length <= 0.05, `${alarms.length} of ${runs.length}`);
});

for (const [baseline, canary, minutes] of [
  [0.02, 0.04, 480],
  [0.05, 0.1, 240],
] as const) {
  test(`failures that double from ${baseline} are found in at least 95 % of rollouts of ${minutes} minutes`, () => {
    const rollout = { ...same, failure: { baseline, canary }, minutes };
    const runs = seeds(100).map((seed) => lookEveryMinute(rollout, { rules, seed }));
    const found = runs.filter(({ result }) => result === "fail");
    assert.ok(found.length / runs.length >= 0.95, `${found.length} of ${runs.length}`);
  });
}

test("a canary that takes half as long again is found slower by every rollout", () => {
  const runs = seeds(50).map((seed) => compareReleases(simulateRollout({ ...same, slower: 1.5 }, seed), rules));
  for (const { metrics } of runs) {
    assert.equal(metrics.find(({ metric }) => metric === "latency")?.verdict, "worse");
  }
});

test("a canary that fails by the whole margin more passes in at most 5 % of rollouts", () => {
  const failing = { ...same, failure: { baseline: 0.02, canary: 0.03 }, minutes: 1440 };
  const runs = seeds(150).map((seed) =>
    compareReleases(simulateRollout(failing, seed), { ...rules, metrics: ["failure"] }),
  );
  const passed = runs.filter(({ result }) => result === "pass").length;
  assert.ok(passed / runs.length <= 0.05, `${passed} of ${runs.length}`);
});

test("a result once reached stays, minute after minute", () => {
  for (const seed of seeds(4)) {
    const rollout = { ...same, failure: { baseline: 0.02, canary: seed % 2 === 0 ? 0.06 : 0.01 }, minutes: 240 };
    const found = lookEveryMinute(rollout, { rules: { ...rules, margin: 0.03 }, seed });
    const stretches = simulateRollout(rollout, seed);
    for (let minutes = 1; minutes <= rollout.minutes; minutes++) {
      const { result } = compareReleases(stretches.slice(0, minutes), { ...rules, margin: 0.03 });
      assert.equal(result, minutes < found.minutes ? "inconclusive" : found.result, `seed ${seed} minute ${minutes}`);
    }
  }
});

test("too few sagas decide nothing, however bad they are", () => {
  const bad = { baseline: outcomes(40), canary: { ...outcomes(40), failed: 40 } };
  assert.equal(compareReleases([bad, bad], rules).result, "inconclusive");
  assert.equal(compareReleases([bad, bad, bad], rules).result, "fail");
});

test("nothing seen is inconclusive, with nothing known", () => {
  const { result, metrics } = compareReleases([], rules);
  assert.equal(result, "inconclusive");
  assert.deepEqual(
    metrics.map(({ verdict, sagasNeeded, canary }) => ({ verdict, sagasNeeded, low: canary.low, high: canary.high })),
    rules.metrics.map(() => ({ verdict: "unknown", sagasNeeded: null, low: 0, high: 1 })),
  );
});

test("a block ends once it tells of both versions, and does not change afterwards", () => {
  const stretches = [3, 1, 0, 9, 2, 4].map((sagas) => ({ baseline: outcomes(20), canary: outcomes(sagas) }));
  const sizes = (blocks: ReturnType<typeof inBlocks>) => blocks.map(({ canary }) => canary.sagas);
  assert.deepEqual(sizes(inBlocks(stretches)), [13, 6]);
  for (let length = 0; length <= stretches.length; length++) {
    const blocks = sizes(inBlocks(stretches.slice(0, length)));
    assert.deepEqual(blocks, [13, 6].slice(0, blocks.length));
  }
});
