import assert from "node:assert/strict";
import { test } from "node:test";
import { isListBehind, waitsMs } from "./shown-within.ts";

/** For the insert and the answers themselves. */
const workMs = 200;

test("what has become certain is on a live page within 5 s", () => {
  const waits = Object.values(waitsMs).reduce((sum, ms) => sum + ms, 0);
  assert.ok(waits + workMs <= 5000, `${waits} ms`);
});

test("a list that was behind is so until it is clearly nearer", () => {
  const seen = [0, 2_400, 2_500, 2_400, 1_600, 1_400, 2_400];
  let was = false;
  assert.deepEqual(
    seen.map((lagMs) => {
      was = isListBehind(lagMs, was);
      return was;
    }),
    [false, false, true, true, true, false, false],
  );
});
