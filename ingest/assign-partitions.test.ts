import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assignPartitions, type Claimant } from "./assign-partitions.ts";

const claimant = (member: string, ...owned: number[]): Claimant => ({ member, owned, sinceMs: 0 });

for (const { name, count, claimants, shares } of [
  { name: "one takes all", count: 3, claimants: [claimant("a")], shares: { a: [0, 1, 2] } },
  {
    name: "two who come at once share",
    count: 4,
    claimants: [claimant("b"), claimant("a")],
    shares: { a: [0, 1], b: [2, 3] },
  },
  {
    name: "who joins gets only his share",
    count: 4,
    claimants: [claimant("a", 0, 1, 2, 3), claimant("b")],
    shares: { a: [0, 1], b: [2, 3] },
  },
  {
    name: "who leaves is shared out, the rest stays",
    count: 6,
    claimants: [claimant("a", 1, 3), claimant("b", 0, 5)],
    shares: { a: [1, 2, 3], b: [0, 4, 5] },
  },
  {
    name: "the one more stays where it is",
    count: 3,
    claimants: [claimant("a", 0), claimant("b", 1, 2)],
    shares: { a: [0], b: [1, 2] },
  },
  {
    name: "more members than partitions",
    count: 1,
    claimants: [claimant("a"), claimant("b", 0)],
    shares: { a: [], b: [0] },
  },
  {
    name: "the newer of two claims counts",
    count: 2,
    claimants: [
      { ...claimant("a", 0, 1), sinceMs: 1 },
      { ...claimant("b", 1), sinceMs: 2 },
    ],
    shares: { a: [0], b: [1] },
  },
  {
    name: "a partition that is no more is nobody's",
    count: 2,
    claimants: [claimant("a", 7, 0), claimant("b")],
    shares: { a: [0], b: [1] },
  },
])
  test(name, () => {
    const partitions = Array.from({ length: count }, (_, partition) => partition);
    assert.deepEqual(Object.fromEntries(assignPartitions(partitions, claimants)), shares);
  });

/** A group of up to 8 whose members hold partitions of a topic, each at most once or claimed twice. */
const groups = fc.record({
  count: fc.nat({ max: 24 }),
  claims: fc.array(fc.array(fc.nat({ max: 30 }), { maxLength: 24 }), { minLength: 1, maxLength: 8 }),
  seed: fc.integer(),
});

test("whoever comes and goes: each partition is one member's, and none has two more than another", () => {
  fc.assert(
    fc.property(groups, ({ count, claims }) => {
      const partitions = Array.from({ length: count }, (_, partition) => partition);
      const shares = assignPartitions(
        partitions,
        claims.map((owned, index) => claimant(`m${index}`, ...owned)),
      );
      assert.equal(shares.size, claims.length);
      assert.deepEqual(
        [...shares.values()].flat().sort((a, b) => a - b),
        partitions,
      );
      const sizes = [...shares.values()].map(({ length }) => length);
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
    }),
  );
});

test("no balanced way to share out moves fewer partitions", () => {
  fc.assert(
    fc.property(groups, ({ count, claims }) => {
      const partitions = Array.from({ length: count }, (_, partition) => partition);
      const taken = new Set<number>();
      const owned = claims.map((claim) => claim.filter((one) => one < count && !taken.has(one) && taken.add(one)));
      const shares = assignPartitions(
        partitions,
        owned.map((each, index) => claimant(`m${index}`, ...each)),
      );
      const kept = owned.map((each, index) => each.filter((one) => shares.get(`m${index}`)?.includes(one)).length);
      // Each may keep the fair share, and as many as there are partitions over may keep one more.
      const fair = Math.floor(count / owned.length);
      const over = owned.filter((each) => each.length > fair).length;
      const most =
        owned.reduce((sum, each) => sum + Math.min(each.length, fair), 0) + Math.min(over, count % owned.length);
      assert.equal(
        kept.reduce((sum, each) => sum + each, 0),
        most,
      );
    }),
  );
});

test("the answer hangs on no order", () => {
  fc.assert(
    fc.property(groups, ({ count, claims, seed }) => {
      const partitions = Array.from({ length: count }, (_, partition) => partition);
      const claimants = claims.map((owned, index) => claimant(`m${index}`, ...owned));
      const turned = claimants.toSorted(
        (a, b) => ((a.owned.length * 7 + seed) % 3) - ((b.owned.length * 7 + seed) % 3),
      );
      assert.deepEqual(
        Object.fromEntries(assignPartitions(partitions, claimants)),
        Object.fromEntries(assignPartitions(partitions.toReversed(), turned)),
      );
    }),
  );
});
