import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Attempt } from "#contracts/api/saga.ts";
import { barGlyphs, barLabels } from "./bar-labels.ts";
import type { Bar } from "./timeline-layout.ts";

const bar = (x: number, width: number, more: Partial<Bar> = {}): Bar => ({
  key: String(x),
  name: "refund-payment",
  compensates: "",
  attempt: { outcome: "completed", error: null } as Attempt,
  work: { x, width },
  queue: null,
  queueMs: null,
  backOff: null,
  backOffMs: null,
  workMs: 412,
  startMs: 0,
  endMs: 412,
  ...more,
});
const failed = { outcome: "failed", error: { code: "carrier_timeout", message: "", retryable: true } } as Attempt;
const texts = (bars: Bar[], torn: number[] = []) =>
  barLabels(bars, { widthPx: 1000, torn }).map((label) => label && [label.side, label.text]);

for (const { name, bars, torn, labels } of [
  { name: "a bar says how long it took, after it", bars: [bar(0.1, 0.2)], labels: [["after", "412 ms"]] },
  { name: "at the right end it is said before it", bars: [bar(0.9, 0.1)], labels: [["before", "412 ms"]] },
  { name: "without room on either side it is not said", bars: [bar(0, 1)], labels: [null] },
  { name: "words do not cross a fold", bars: [bar(0.4, 0.2)], torn: [0.62], labels: [["before", "412 ms"]] },
  {
    name: "of several failures the last says how long it took too",
    bars: [bar(0.1, 0.1, { attempt: failed }), bar(0.5, 0.1, { attempt: failed })],
    labels: [
      ["after", "carrier_timeout"],
      ["after", "carrier_timeout · 412 ms"],
    ],
  },
  {
    name: "an early failure is not explained before its bar",
    bars: [bar(0.3, 0.1, { attempt: failed }), bar(0.41, 0.1, { attempt: failed })],
    labels: [null, ["after", "carrier_timeout · 412 ms"]],
  },
  {
    name: "a compensation is named",
    bars: [bar(0.1, 0.1), bar(0.5, 0.1, { compensates: "charge-payment" })],
    labels: [
      ["after", "412 ms"],
      ["after", "refund-payment · 412 ms"],
    ],
  },
]) {
  test(name, () => assert.deepEqual(texts(bars, torn ?? []), labels));
}

test("glyphs that would lie on the next bar are left out", () =>
  assert.deepEqual(barGlyphs([bar(0.1, 0.01), bar(0.115, 0.01), bar(0.5, 0.1, { compensates: "a" })], 1000), [
    { end: false, undo: true },
    { end: true, undo: false },
    { end: true, undo: true },
  ]));

test("no words lie on each other or leave the lane", () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(1000), fc.nat(300)), { maxLength: 6 }),
      fc.integer({ min: 280, max: 2000 }),
      (pieces, widthPx) => {
        const total = pieces.reduce((sum, [gap, length]) => sum + gap + length, 1);
        let at = 0;
        const bars = pieces.map(([gap, length], index) => {
          const x = (at + gap) / total;
          at += gap + length;
          return bar(x, length / total, index % 2 ? { attempt: failed } : {});
        });
        let takenPx = 0;
        for (const [index, label] of barLabels(bars, { widthPx, torn: [] }).entries()) {
          const { x = 0, width = 0 } = bars[index]?.work ?? {};
          if (label?.side === "before") assert.ok(x * widthPx - label.px >= takenPx - 1e-6);
          const after = label?.side === "after" ? label.px : 0;
          takenPx = (x + width) * widthPx + after;
          const next = bars[index + 1];
          assert.ok(after === 0 || takenPx <= (next ? next.work.x * widthPx : widthPx + 8) + 1e-6);
        }
      },
    ),
  ));
