import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Planned, planChunk, type Range, readRange, writeRange } from "./plan-chunk.ts";

const at = (offset: number, bytes = 10): Planned => ({ offset: BigInt(offset), bytes });
const range = (min: number, max: number): Range => ({ min: BigInt(min), max: BigInt(max), atMs: 5 });
const limits = { rows: 3, bytes: 100 };

for (const { name, messages, written, reached, count } of [
  { name: "nothing plans nothing", messages: [], written: undefined, reached: -1n, count: 0 },
  { name: "a short run is taken whole", messages: [at(7), at(8)], written: undefined, reached: 8n, count: 2 },
  { name: "rows limit it", messages: [at(1), at(2), at(3), at(4)], written: undefined, reached: 4n, count: 3 },
  { name: "bytes limit it", messages: [at(1, 60), at(2, 60)], written: undefined, reached: 2n, count: 1 },
  {
    name: "a message over the limit goes alone",
    messages: [at(1, 999), at(2)],
    written: undefined,
    reached: 2n,
    count: 1,
  },
  {
    name: "a written range waits until it is read",
    messages: [at(1), at(2)],
    written: range(1, 4),
    reached: 2n,
    count: 0,
  },
  {
    name: "a written range is taken whatever the limits",
    messages: [at(1), at(2), at(3), at(4), at(5)],
    written: range(1, 4),
    reached: 5n,
    count: 4,
  },
  {
    name: "a written range whose end the log lost",
    messages: [at(1), at(2)],
    written: range(1, 4),
    reached: 4n,
    count: 2,
  },
])
  test(name, () => assert.equal(planChunk(messages, { written, reached, limits }), count));

test("a range survives the offset's metadata", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 62n), fc.bigInt(0n, 2n ** 61n), fc.nat(), (min, length, atMs) => {
      const written = { min, max: min + length, atMs };
      assert.deepEqual(readRange(writeRange(written), min), written);
      assert.equal(readRange(writeRange(written), min + 1n), undefined);
    }),
  );
});

test("other metadata is no range", () => {
  for (const metadata of [null, "", "range 2 1 2 3", "range 1 5 4 3", "range 1 -5 4 3", "hello"])
    assert.equal(readRange(metadata, 5n), undefined);
});
