import assert from "node:assert/strict";
import { test } from "node:test";
import { piecesOf } from "./compute-slot.ts";
import { dueSlots, lateMs, usualRestMs } from "./due-slots.ts";

const nowMs = 100_000_000;
const changed = (slotMs: number, changedMs: number) => ({ slotMs, changedMs });

for (const { name, slots, computed, due } of [
  { name: "nothing has changed", slots: [], computed: [], due: [] },
  {
    name: "what was never counted, the newest first",
    slots: [changed(1, 5), changed(3, 5), changed(2, 5)],
    computed: [],
    due: [3, 2, 1],
  },
  {
    name: "what has changed since it was counted",
    slots: [changed(1, nowMs - 10), changed(2, nowMs - 10_000_000)],
    computed: [
      [1, nowMs - usualRestMs],
      [2, nowMs - usualRestMs],
    ],
    due: [1],
  },
  {
    name: "what was counted so shortly after its last change that some of it may not have been seen",
    slots: [changed(1, nowMs - usualRestMs - lateMs + 1), changed(2, nowMs - usualRestMs - lateMs)],
    computed: [
      [1, nowMs - usualRestMs],
      [2, nowMs - usualRestMs],
    ],
    due: [1],
  },
  {
    name: "not what was counted a moment ago",
    slots: [changed(1, nowMs)],
    computed: [[1, nowMs - usualRestMs + 1]],
    due: [],
  },
  {
    name: "new and old in turn, of the old the one that waits longest first",
    slots: [changed(5, nowMs), changed(6, nowMs), changed(1, nowMs), changed(2, nowMs)],
    computed: [
      [1, nowMs - 2 * usualRestMs],
      [2, nowMs - 3 * usualRestMs],
    ],
    due: [6, 2, 5, 1],
  },
] as const) {
  test(`due is ${name}`, () =>
    assert.deepEqual(dueSlots(slots, new Map(computed), { nowMs, restMs: usualRestMs }), due));
}

test("a slot is read in pieces that cover it, each once", () => {
  for (const sagas of [0, 1, 2_000, 2_001, 50_000, 10_000_000_000]) {
    const pieces = piecesOf({ fromMs: 1_000, toMs: 601_000 }, sagas);
    assert.equal(pieces[0]?.fromMs, 1_000);
    assert.equal(pieces.at(-1)?.toMs, 601_000);
    assert.ok(pieces.every((piece, index) => index === 0 || piece.fromMs === pieces[index - 1]?.toMs));
    assert.ok(pieces.every(({ fromMs, toMs }) => fromMs < toMs));
  }
});
