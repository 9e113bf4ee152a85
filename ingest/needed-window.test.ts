import assert from "node:assert/strict";
import { test } from "node:test";
import { neededWindow } from "./needed-window.ts";

test("as many blocks as docs/scale.md says for how many partitions there may be", () => {
  // The migrations set 100,000; a chunk of saga events is cut every 300 ms.
  assert.equal(neededWindow({ partitions: 500, ageMs: 300 }), 100_000);
});
