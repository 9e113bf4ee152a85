import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Fetchable, fetchTurns } from "./fetch-turns.ts";

const limits = { heldBytes: 78, chunkBytes: 26 };
const fetchBytes = 4;
const idle = (partition: number): Fetchable => ({
  partition,
  heldBytes: 0,
  waitingBytes: 0,
  isBehind: false,
  isBlocked: false,
  isOwed: false,
});
const behind = (partition: number, bytes = 0, waitingBytes = bytes): Fetchable => ({
  ...idle(partition),
  heldBytes: bytes,
  waitingBytes,
  isBehind: true,
});

for (const { name, all, turns, fetched, isFull = false } of [
  { name: "all that have caught up are fetched", all: [idle(0), idle(1), idle(2)], turns: [], fetched: [0, 1, 2] },
  { name: "of those behind one", all: [behind(0), behind(1), behind(2), idle(3)], turns: [], fetched: [0, 3] },
  { name: "who waited longest comes first", all: [behind(0), behind(1), behind(2)], turns: [1, 0], fetched: [2] },
  { name: "who is in the middle of a chunk goes on", all: [behind(0, 8), behind(1)], turns: [1, 0], fetched: [0] },
  { name: "who has a whole chunk waits", all: [behind(0, 26), behind(1), behind(2)], turns: [2, 0], fetched: [1] },
  {
    name: "one that is alone fills the next chunk while one is stored",
    all: [behind(0, 36, 10), idle(1)],
    turns: [0],
    fetched: [0, 1],
  },
  {
    name: "nothing beyond what may be held",
    all: [behind(0, 26, 0), behind(1, 26, 0), behind(2, 26), idle(3)],
    turns: [],
    fetched: [],
    isFull: true,
  },
  {
    name: "no turn begins where there is no room for a whole chunk",
    all: [behind(0, 26, 0), behind(1, 30, 4), idle(2)],
    turns: [1, 0],
    fetched: [2],
    isFull: true,
  },
  {
    name: "whose chunk does not fit in beside what is stored waits with what it has",
    all: [behind(0, 26, 0), behind(1, 34, 4), idle(2)],
    turns: [0, 1],
    fetched: [2],
    isFull: true,
  },
  {
    name: "what is owed is read to its end, however large it is",
    all: [{ ...behind(0, 30), isOwed: true }, behind(1)],
    turns: [1, 0],
    fetched: [0],
  },
  {
    name: "where all are owed there is room for one after the other",
    all: [0, 1, 2].map((partition) => ({ ...behind(partition, 26), isOwed: true })),
    turns: [],
    fetched: [0],
  },
  { name: "what is blocked is not fetched", all: [{ ...idle(0), isBlocked: true }, idle(1)], turns: [], fetched: [1] },
])
  test(name, () => {
    const next = fetchTurns(all, turns, limits);
    assert.deepEqual([...next.fetched].sort(), fetched);
    assert.equal(next.isFull, isFull);
  });

test("whatever the backlog, what is held is bounded, and each partition that is behind gets its turn", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat({ max: 19 }), { maxLength: 200 }), (count, stores) => {
      const held = Array.from({ length: count }, () => 0);
      const served = new Set<number>();
      let turns: readonly number[] = [];
      const round = () => {
        const all = held.map((bytes, partition) => behind(partition, bytes));
        const next = fetchTurns(all, turns, limits);
        turns = next.turns;
        // Full, and so whoever holds anything stores it.
        if (next.isFull) assert.ok(held.some((bytes) => bytes > 0));
        for (const partition of next.fetched) {
          served.add(partition);
          held[partition] = (held[partition] ?? 0) + fetchBytes;
        }
        assert.ok(held.reduce((sum, bytes) => sum + bytes, 0) <= limits.heldBytes + fetchBytes);
      };
      // Partitions are stored in any order, whenever the store pleases, and then all of them again and again.
      for (const partition of stores) {
        round();
        if (partition < count) held[partition] = 0;
      }
      for (let again = 0; again < 20 * count; again += 1) {
        round();
        if (again % 8 === 7) held.fill(0);
      }
      assert.equal(served.size, count);
    }),
  );
});
