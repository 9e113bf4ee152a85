import assert from "node:assert/strict";
import { test } from "node:test";
import { spread } from "./spread.ts";

for (const { name, wanted, placed } of [
  { name: "room for all", wanted: [90, 50, 10], placed: [90, 50, 10] },
  { name: "near ones move apart in their order", wanted: [52, 50], placed: [66, 50] },
  { name: "none leaves the bottom", wanted: [100, 99, 98], placed: [100, 84, 68] },
  { name: "nothing", wanted: [], placed: [] },
]) {
  test(name, () => assert.deepEqual(spread(wanted, { gap: 16, height: 100 }), placed));
}
