import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createScale, niceCeil, pickFolds, xOf } from "./time-scale.ts";

const stretch = (fromMs: number, toMs: number) => ({ fromMs, toMs });

for (const { name, toMs, busy, folds } of [
  { name: "hops of a few ms stay", toMs: 340, busy: [stretch(0, 20), stretch(80, 100), stretch(320, 340)], folds: [] },
  {
    name: "ten idle minutes fold",
    toMs: 601_000,
    busy: [stretch(0, 500), stretch(600_500, 601_000)],
    folds: [stretch(500, 600_500)],
  },
  {
    name: "waiting for ever at the end folds",
    toMs: 3_600_000,
    busy: [stretch(0, 2000)],
    folds: [stretch(2000, 3_600_000)],
  },
  { name: "a long step is what it is", toMs: 6000, busy: [stretch(0, 500), stretch(500, 6000)], folds: [] },
  {
    name: "hours of work with nothing to tell fold",
    toMs: 7_201_000,
    busy: [stretch(0, 1000), stretch(1000, 7_201_000)],
    folds: [stretch(1000, 7_201_000)],
  },
  { name: "a saga of nothing but waiting is not folded away", toMs: 60_000, busy: [], folds: [] },
]) {
  test(name, () => assert.deepEqual(pickFolds({ fromMs: 0, toMs, busy }), folds));
}

const saga = fc
  .record({
    fromMs: fc.integer({ min: 0, max: 1e12 }),
    lengthMs: fc.integer({ min: 0, max: 1e9 }),
    work: fc.array(fc.tuple(fc.nat(1e9), fc.nat(1e5)), { maxLength: 40 }),
  })
  .map(({ fromMs, lengthMs, work }) => {
    const toMs = fromMs + lengthMs;
    const busy = work.map(([at, ms]) => stretch(fromMs + (at % (lengthMs + 1)), fromMs + (at % (lengthMs + 1)) + ms));
    return { fromMs, toMs, busy };
  });

test("folds lie inside, in order, apart, and never swallow the whole", () =>
  fc.assert(
    fc.property(saga, (range) => {
      const folds = pickFolds(range);
      let atMs = range.fromMs;
      for (const fold of folds) {
        assert.ok(fold.fromMs >= atMs && fold.toMs > fold.fromMs && fold.toMs <= range.toMs);
        atMs = fold.toMs;
      }
      const foldedMs = folds.reduce((sum, fold) => sum + fold.toMs - fold.fromMs, 0);
      assert.ok(folds.length === 0 || foldedMs < range.toMs - range.fromMs);
    }),
  ));

test("time never runs backwards on the page and never leaves it", () =>
  fc.assert(
    fc.property(saga, fc.array(fc.double({ min: -0.5, max: 1.5, noNaN: true })), (range, shares) => {
      const scale = createScale({ ...range, folds: pickFolds(range) });
      const length = range.toMs - range.fromMs;
      let before = 0;
      for (const share of shares.toSorted((a, b) => a - b)) {
        const x = xOf(scale, range.fromMs + share * length);
        assert.ok(x >= before - 1e-12 && x <= 1, `${x} after ${before}`);
        before = x;
      }
      assert.equal(xOf(scale, range.fromMs), 0);
      assert.ok(Math.abs(xOf(scale, scale.toMs) - 1) < 1e-9);
    }),
  ));

test("segments cover the range without a hole", () =>
  fc.assert(
    fc.property(saga, (range) => {
      const { segments, fromMs, toMs } = createScale({ ...range, folds: pickFolds(range) });
      assert.equal(segments[0]?.fromMs, fromMs);
      assert.equal(segments.at(-1)?.toMs, toMs);
      for (const [index, segment] of segments.entries()) {
        const next = segments[index + 1];
        assert.ok(!next || (next.fromMs === segment.toMs && next.fromX === segment.toX));
      }
    }),
  ));

test("a round length is never shorter, and at most double", () =>
  fc.assert(
    fc.property(fc.double({ min: 1, max: 1e12, noNaN: true }), (ms) => {
      assert.ok(niceCeil(ms) >= ms * (1 - 1e-9) && niceCeil(ms) <= ms * 2);
    }),
  ));
