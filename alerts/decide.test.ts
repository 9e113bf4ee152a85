import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "./decide.ts";

for (const { name, count, previous, decision } of [
  { name: "under the threshold, all is well", count: 2, previous: "ok", decision: "nothing" },
  { name: "at the threshold it fires", count: 3, previous: "ok", decision: "fire" },
  { name: "over the threshold it fires", count: 400, previous: "ok", decision: "fire" },
  { name: "it fires once", count: 4, previous: "firing", decision: "nothing" },
  { name: "at the threshold it goes on firing", count: 3, previous: "firing", decision: "nothing" },
  { name: "under the threshold it resolves", count: 2, previous: "firing", decision: "resolve" },
  { name: "of nothing it resolves", count: 0, previous: "firing", decision: "resolve" },
] as const)
  test(name, () => assert.equal(decide({ threshold: 3 }, count, previous), decision));
