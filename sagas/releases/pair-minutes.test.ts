import assert from "node:assert/strict";
import { test } from "node:test";
import { pairMinutes, type SideMinute } from "./pair-minutes.ts";

const at = (minute: number, side: SideMinute["side"], sagas: number): SideMinute => ({
  minute,
  side,
  sagas,
  failed: 0,
  compensated: 0,
  slower: [0, 0, 0, 0],
});
const sizes = (minutes: readonly SideMinute[], fewest: number) => {
  const { pairing, stretches } = pairMinutes(minutes, { fewest });
  return { pairing, sagas: stretches.map(({ baseline, canary }) => [baseline.sagas, canary.sagas]) };
};

for (const { name, minutes, expected } of [
  { name: "nothing", minutes: [], expected: { pairing: "concurrent", sagas: [] } },
  {
    name: "minutes in which both ran are held against themselves, in order, and others stand alone",
    minutes: [at(2, "canary", 3), at(0, "baseline", 10), at(2, "baseline", 8), at(1, "canary", 2)],
    expected: {
      pairing: "concurrent",
      sagas: [
        [10, 0],
        [0, 2],
        [8, 3],
      ],
    },
  },
  {
    name: "a baseline that was replaced at once is looked up in the day before, in its order",
    minutes: [
      at(-3, "baseline", 6),
      at(-1, "baseline", 7),
      at(0, "canary", 5),
      at(4, "canary", 9),
      at(0, "baseline", 2),
    ],
    expected: {
      pairing: "before",
      sagas: [
        [6, 5],
        [7, 9],
      ],
    },
  },
  {
    name: "what is left out or too young is in neither",
    minutes: [at(0, "mixed", 6), at(0, "unsettled", 7), at(0, "canary", 5), at(0, "baseline", 20)],
    expected: { pairing: "concurrent", sagas: [[20, 5]] },
  },
] as const) {
  test(name, () => assert.deepEqual(sizes(minutes, 10), expected));
}
