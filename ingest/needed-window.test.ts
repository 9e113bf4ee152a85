import assert from "node:assert/strict";
import { test } from "node:test";
import { knownForMs, neededWindow } from "./needed-window.ts";

test("as many blocks as docs/scale.md says for how many partitions there may be", () => {
  // The migrations set 100,000; a chunk of saga events is cut every 300 ms.
  assert.equal(neededWindow({ partitions: 500, ageMs: 300 }), 100_000);
});

test("a token is known for 30 s where as many blocks are remembered as are needed, and for longer where there are more", () => {
  const few = { partitions: 6, ageMs: 400 };
  assert.ok(knownForMs(neededWindow(few), few) >= 30_000);
  assert.equal(knownForMs(100_000, few), 3_333_200);
});
