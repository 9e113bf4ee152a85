import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Move } from "#contracts/api/compare.ts";
import { align, differencesFirst, distanceBetween, distanceOf } from "./align.ts";

const move = (step: string, more: Partial<Move> = {}): Move => ({
  step,
  compensates: "",
  attempt: 1,
  outcome: "completed",
  atMs: 0,
  durationMs: 100,
  errorCode: "",
  ...more,
});
const told = (here: readonly Move[], there: readonly Move[]) =>
  align(here, there).map((one) => `${one.kind} ${one.here?.step ?? "-"} ${one.there?.step ?? "-"}`);

for (const { name, here, there, expected } of [
  { name: "nothing and nothing", here: [], there: [], expected: [] },
  { name: "the same", here: [move("a"), move("b")], there: [move("a"), move("b")], expected: ["same a a", "same b b"] },
  {
    name: "a step more, and one that is missing",
    here: [move("a"), move("x"), move("c")],
    there: [move("a"), move("b"), move("c")],
    expected: ["same a a", "onlyThere - b", "onlyHere x -", "same c c"],
  },
  {
    name: "an attempt that failed before the one that worked",
    here: [move("a", { outcome: "failed" }), move("a", { attempt: 2 })],
    there: [move("a")],
    expected: ["onlyHere a -", "same a a"],
  },
  {
    name: "slower, faster, and another outcome",
    here: [move("a", { durationMs: 900 }), move("b", { durationMs: 10 }), move("c", { outcome: "failed" })],
    there: [move("a"), move("b"), move("c")],
    expected: ["slower a a", "faster b b", "outcome c c"],
  },
  {
    name: "a compensation is no step of the same name",
    here: [move("a", { compensates: "b" })],
    there: [move("a")],
    expected: ["onlyThere - a", "onlyHere a -"],
  },
  {
    name: "durations that are not known differ by nothing",
    here: [move("a", { durationMs: null })],
    there: [move("a")],
    expected: ["same a a"],
  },
]) {
  test(name, () => assert.deepEqual(told(here, there), expected));
}

const moves = fc.array(
  fc.record({
    step: fc.constantFrom("a", "b", "c"),
    outcome: fc.constantFrom("completed" as const, "failed" as const),
    durationMs: fc.option(fc.integer({ min: 0, max: 10_000 })),
  }),
  { maxLength: 6 },
);
const run = moves.map((some) => some.map(({ step, ...more }) => move(step, more)));

/** By trying every way. */
function leastByTrying(here: readonly Move[], there: readonly Move[]): number {
  const [a, b] = [here[0], there[0]];
  if (!a || !b) return here.length + there.length;
  const distance = distanceOf(a, b);
  return Math.min(
    1 + leastByTrying(here.slice(1), there),
    1 + leastByTrying(here, there.slice(1)),
    ...(distance === undefined ? [] : [distance + leastByTrying(here.slice(1), there.slice(1))]),
  );
}

test("no other way to lay them side by side weighs less, and nothing is left out or moved", () => {
  fc.assert(
    fc.property(run, run, (here, there) => {
      const aligned = align(here, there);
      const weight = aligned.reduce((sum, one) => sum + one.weight, 0);
      assert.ok(Math.abs(weight - leastByTrying(here, there)) < 1e-9);
      assert.ok(Math.abs(weight - distanceBetween(here, there)) < 1e-9);
      assert.deepEqual(
        aligned.flatMap((one) => one.here ?? []),
        here,
      );
      assert.deepEqual(
        aligned.flatMap((one) => one.there ?? []),
        there,
      );
    }),
  );
});

test("it is the same distance both ways, and none to itself", () => {
  fc.assert(
    fc.property(run, run, (here, there) => {
      assert.ok(Math.abs(distanceBetween(here, there) - distanceBetween(there, here)) < 1e-9);
      assert.equal(distanceBetween(here, here), 0);
    }),
  );
});

test("what differs most comes first", () => {
  const here = [
    move("a", { durationMs: 150 }),
    move("b", { durationMs: 5000 }),
    move("c", { outcome: "failed" }),
    move("d"),
  ];
  const there = [move("a"), move("b"), move("c"), move("d"), move("e")];
  assert.deepEqual(
    differencesFirst(align(here, there)).map(({ kind }) => kind),
    ["onlyThere", "outcome", "slower", "slower"],
  );
});
