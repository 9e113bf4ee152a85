import assert from "node:assert/strict";
import { test } from "node:test";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { type Feature, rankDifferences, type SetAndRest } from "./rank-differences.ts";

const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed);
const sagas = { set: 300, rest: 3000 };

/** Features of all frequencies, spread by chance; of the planted one the set has `times` as many. */
function countByChance(
  seed: number,
  { features, planted, times }: { features: number; planted?: number; times?: number },
) {
  const source = xoroshiro128plus(seed);
  const chance = () => uniformInt(source, 0, 0xffffff) / 0x1000000;
  return seeds(features).map((index): Feature & { bearing: SetAndRest } => {
    const share = 0.01 + 0.5 * (index / features);
    const count = (of: number, times: number) => seeds(of).filter(() => chance() < share * times).length;
    const bearing = { set: count(sagas.set, index === planted ? (times ?? 1) : 1), rest: count(sagas.rest, 1) };
    return { kind: "label", value: `feature-${index}`, bearing };
  });
}

test("one cause that was planted is found first", () => {
  for (const seed of seeds(20)) {
    const [first] = rankDifferences(countByChance(seed, { features: 100, planted: 20, times: 3 }), {
      sagas,
      falseShare: 0.05,
    });
    assert.equal(first?.value, "feature-20");
    assert.ok(first.lift > 2 && first.lift < 4.5 && first.q < 0.001);
  }
});

test("of noise nothing is told in all but at most 5 % of questions", () => {
  const told = seeds(200).filter(
    (seed) => rankDifferences(countByChance(seed, { features: 60 }), { sagas, falseShare: 0.05 }).length > 0,
  );
  assert.ok(told.length <= 10, `${told.length} of 200`);
});

test("of what is told beside a planted cause at most 5 % is noise", () => {
  let [told, noise] = [0, 0];
  for (const seed of seeds(100)) {
    const found = rankDifferences(countByChance(seed, { features: 40, planted: 15, times: 2.5 }), {
      sagas,
      falseShare: 0.05,
    });
    told += found.length;
    noise += found.filter(({ value }) => value !== "feature-15").length;
  }
  assert.ok(told >= 100 && noise / told <= 0.05, `${noise} of ${told}`);
});

test("what only the set bears has a lift with an end, and what it bears less is not told", () => {
  const [only, ...more] = rankDifferences(
    [
      { kind: "step", value: "only", bearing: { set: 200, rest: 0 } },
      { kind: "step", value: "less", bearing: { set: 0, rest: 2000 } },
    ],
    { sagas, falseShare: 0.05 },
  );
  assert.equal(only?.value, "only");
  assert.ok(Number.isFinite(only.lift));
  assert.deepEqual(more, []);
});
