import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { tickLabel, ticksOf } from "./ticks.ts";
import { createScale, pickFolds } from "./time-scale.ts";

for (const [elapsedMs, stepMs, label, longestMs = 1e9] of [
  [0, 500, "0 s"],
  [0, 20, "0 ms", 340],
  [40, 20, "40 ms", 340],
  [500, 500, "0.5 s"],
  [1500, 500, "1.5 s"],
  [2000, 1000, "2 s"],
  [603_200, 200, "10 m 03.2 s"],
  [120_000, 60_000, "2 m"],
  [90_000, 30_000, "1 m 30 s"],
  [7_200_000, 3_600_000, "2 h"],
  [7_205_200, 200, "2 h 00 m 05.2 s"],
  [100_800_000, 7_200_000, "1 d 04 h"],
  [60_000, 30_000, "1 m 00 s"],
  [0.15, 0.05, "0.00015 s"],
] as const) {
  test(`${elapsedMs} ms in steps of ${stepMs} ms reads ${label}`, () =>
    assert.equal(tickLabel(elapsedMs, { stepMs, longestMs }), label));
}

test("a saga of 6.2 s has whole seconds", () => {
  const ticks = ticksOf(createScale({ fromMs: 5000, toMs: 11_200 }), { widthPx: 900 });
  assert.deepEqual(
    ticks.map((tick) => tick.label),
    ["0 s", "1 s", "2 s", "3 s", "4 s", "5 s", "6 s"],
  );
});

test("ticks are few, in order, on the page, apart and told apart", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4e9 }),
      fc.integer({ min: 300, max: 3000 }),
      fc.array(fc.tuple(fc.nat(4e9), fc.nat(1e4)), { maxLength: 12 }),
      (toMs, widthPx, work) => {
        const busy = work.map(([at, ms]) => ({ fromMs: at % toMs, toMs: (at % toMs) + ms }));
        const ticks = ticksOf(createScale({ fromMs: 0, toMs, folds: pickFolds({ fromMs: 0, toMs, busy }) }), {
          widthPx,
        });
        assert.ok(ticks.length <= widthPx / 45 + 1);
        assert.equal(new Set(ticks.map((tick) => tick.label)).size, ticks.length);
        for (const [index, tick] of ticks.entries()) {
          assert.ok(tick.x >= 0 && tick.x <= 1);
          assert.ok(index === 0 || (tick.x - (ticks[index - 1]?.x ?? 0)) * widthPx >= 45);
        }
      },
    ),
  ));
