import assert from "node:assert/strict";
import { test } from "node:test";
import { neededWindow } from "./needed-window.ts";

test("as many blocks as docs/scale.md says for how many partitions there may be", () => {
  // The migrations set 100,000; a chunk of saga events is cut every 400 ms.
  assert.ok(neededWindow({ partitions: 666, ageMs: 400 }) <= 100_000);
  assert.ok(neededWindow({ partitions: 667, ageMs: 400 }) > 100_000);
});
