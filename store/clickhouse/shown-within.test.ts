import assert from "node:assert/strict";
import { test } from "node:test";
import { waitsMs } from "./shown-within.ts";

/** For the insert and the answers themselves. */
const workMs = 200;

test("what has become certain is on a live page within 5 s", () => {
  const waits = Object.values(waitsMs).reduce((sum, ms) => sum + ms, 0);
  assert.ok(waits + workMs <= 5000, `${waits} ms`);
});
