import assert from "node:assert/strict";
import { test } from "node:test";
import type { From } from "./flags.ts";
import { stretchesOf } from "./read-some.ts";

const offset = (from: bigint): From => ({ kind: "offset", offset: from });
const latest = (back: number): From => ({ kind: "latest", back });

for (const { name, low, high, from, start, end } of [
  { name: "an empty partition", low: "5", high: "5", from: offset(0n) },
  { name: "all of a short one", low: "0", high: "3", from: offset(0n), start: 0n, end: 3n },
  { name: "what retention has left", low: "7", high: "9", from: offset(0n), start: 7n, end: 9n },
  { name: "no more than the limit", low: "0", high: "100", from: offset(20n), start: 20n, end: 30n },
  { name: "an offset past the end", low: "0", high: "3", from: offset(8n) },
  { name: "the last few", low: "0", high: "100", from: latest(4), start: 96n, end: 100n },
  { name: "the last few of fewer", low: "98", high: "100", from: latest(4), start: 98n, end: 100n },
])
  test(`of a topic is read: ${name}`, () => {
    const stretches = stretchesOf([{ partition: 2, low, high }], from, 10);
    assert.deepEqual(stretches, start === undefined ? [] : [{ partition: 2, start, end }]);
  });
