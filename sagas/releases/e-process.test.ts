import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { logChoose } from "#sagas/statistics/log-gamma.ts";
import type { Tally } from "#sagas/statistics/rate-interval.ts";
import { type Block, type Doubted, evidenceAgainst } from "./e-process.ts";

const nobody: Tally = { count: 0, of: 0 };
const chanceOf = ({ count, of }: Tally, share: number) =>
  Math.exp(logChoose(of, count)) * share ** count * (1 - share) ** (of - count);

/** What a block of these sizes gains on average, over everything that can happen in it at these true shares. */
function meanGain(
  doubted: Doubted,
  {
    before,
    baseline,
    canary,
  }: { before: Tally; baseline: readonly [number, number]; canary: readonly [number, number] },
): number {
  let mean = 0;
  for (let a = 0; a <= baseline[0]; a++) {
    for (let b = 0; b <= canary[0]; b++) {
      const block: Block = { baseline: { count: a, of: baseline[0] }, canary: { count: b, of: canary[0] } };
      const chance = chanceOf(block.baseline, baseline[1]) * chanceOf(block.canary, canary[1]);
      const { now } = evidenceAgainst(doubted, [{ baseline: before, canary: nobody }, block], 20);
      mean += chance * now;
    }
  }
  return mean;
}

const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const size = fc.integer({ min: 1, max: 6 });

test("where what is doubted is true, a block gains nothing on average, whatever was seen before", () => {
  const claims = fc.record({
    claim: fc.constantFrom("notAbove" as const, "notBelow" as const),
    margin: fc.constantFrom(0, 0.01, 0.1),
  });
  const before = fc.tuple(fc.nat(100), fc.nat(100)).map(([count, more]) => ({ count, of: count + more }));
  fc.assert(
    fc.property(claims, before, fc.tuple(size, share), fc.tuple(size, share), (doubted, seen, baseline, canary) => {
      const line = baseline[1] + doubted.margin;
      fc.pre(doubted.claim === "notAbove" ? canary[1] <= line : canary[1] >= line);
      const mean = meanGain(doubted, { before: seen, baseline, canary });
      assert.ok(mean <= 1 + 1e-6, `${mean}`);
    }),
    { numRuns: 1000 },
  );
});

test("where it is false, a block gains", () => {
  const before = { count: 50, of: 1000 };
  const doubted = { claim: "notAbove", margin: 0 } as const;
  assert.ok(meanGain(doubted, { before, baseline: [6, 0.05], canary: [6, 0.15] }) > 1.05);
});

test("a block without sagas of one version says nothing, and what was reached stays", () => {
  const alone = { baseline: { count: 3, of: 10 }, canary: nobody };
  assert.deepEqual(evidenceAgainst({ claim: "notAbove", margin: 0 }, [alone, alone], 20), { now: 1, reachedAt: null });
  const bad = { baseline: { count: 1, of: 100 }, canary: { count: 30, of: 100 } };
  const good = { baseline: { count: 30, of: 100 }, canary: { count: 1, of: 100 } };
  const { now, reachedAt } = evidenceAgainst({ claim: "notAbove", margin: 0 }, [alone, bad, good, good], 20);
  assert.equal(reachedAt, 1);
  assert.ok(now < 1);
});
