import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Fetchable, fetchTurns } from "./fetch-turns.ts";
import { Room } from "./room.ts";

const limits = { heldBytes: 78, roomBytes: 1_000, chunkBytes: 26 };
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

for (const { name, all, turns, fetched, isFull = false, roomBytes } of [
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
  {
    name: "a second chunk, where other topics leave room for it",
    all: [behind(0, 26, 0), behind(1)],
    turns: [0],
    fetched: [1],
    roomBytes: 52,
  },
  {
    name: "no second chunk where they do not",
    all: [behind(0, 26, 0), behind(1), idle(2)],
    turns: [0],
    fetched: [2],
    isFull: true,
    roomBytes: 51,
  },
  {
    name: "whose second chunk does not fit in any more waits with what it has",
    all: [behind(0, 30, 4), idle(1)],
    turns: [0],
    fetched: [1],
    isFull: true,
    roomBytes: 51,
  },
  {
    name: "one chunk, whatever the others hold, to its end",
    all: [behind(0, 8), idle(1)],
    turns: [0],
    fetched: [0, 1],
    roomBytes: -100,
  },
  {
    name: "who has caught up too holds no second chunk where others leave no room for it",
    all: [
      { ...idle(0), heldBytes: 20 },
      { ...idle(1), heldBytes: 6 },
    ],
    turns: [],
    fetched: [],
    roomBytes: 26,
  },
  {
    name: "who has caught up holds one, whatever the others do",
    all: [
      { ...idle(0), heldBytes: 20 },
      { ...idle(1), heldBytes: 5 },
    ],
    turns: [],
    fetched: [0, 1],
    roomBytes: -100,
  },
  {
    name: "what is owed is read to its end near the end of its log too",
    all: [
      { ...idle(0), heldBytes: 30, waitingBytes: 30, isOwed: true },
      { ...idle(1), heldBytes: 1 },
    ],
    turns: [],
    fetched: [0],
    roomBytes: 10,
  },
  {
    name: "one chunk beside a little of who has caught up",
    all: [behind(0, 8), { ...idle(1), heldBytes: 2, waitingBytes: 1 }],
    turns: [0],
    fetched: [0, 1],
    roomBytes: 5,
  },
  {
    name: "who has caught up and holds nothing, beside a chunk that cannot be stored",
    all: [{ ...idle(0), heldBytes: 30 }, idle(1), { ...idle(2), heldBytes: 1 }],
    turns: [],
    fetched: [1],
    roomBytes: 10,
  },
  { name: "what is blocked is not fetched", all: [{ ...idle(0), isBlocked: true }, idle(1)], turns: [], fetched: [1] },
])
  test(name, () => {
    const next = fetchTurns(all, turns, { ...limits, roomBytes: roomBytes ?? limits.roomBytes });
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

test("topics that share their room hold a chunk each or what there is room for, and each that is behind gets its turn", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat({ max: 4 }), { maxLength: 200 }), (count, stores) => {
      const wholeBytes = limits.chunkBytes + fetchBytes;
      const room = new Room(3 * wholeBytes);
      const topics = Array.from({ length: count }, (_, index) => ({ name: `topic ${index}`, stored: 0, turns: [0] }));
      const held = topics.map(() => ({ waiting: 0, storing: 0 }));
      const total = () => held.reduce((sum, { waiting, storing }) => sum + waiting + storing, 0);
      const round = (index: number) => {
        const { name, turns } = topics[index] ?? { name: "", turns: [] };
        const own = held[index];
        if (!own) return;
        const all = [behind(0, own.waiting + own.storing, own.waiting)];
        const next = fetchTurns(all, turns, {
          ...limits,
          heldBytes: 2 * wholeBytes,
          roomBytes: room.leftFor(name),
        });
        room.hold(name, next.heldBytes);
        if (next.fetched.size > 0) own.waiting += fetchBytes;
        // It is stored once it is whole, or nothing more fits in beside it.
        if (own.storing === 0 && (own.waiting >= limits.chunkBytes || next.isFull)) {
          own.storing = own.waiting;
          own.waiting = 0;
        }
      };
      const store = (index: number) => {
        const [own, topic] = [held[index], topics[index]];
        if (!own || !topic || own.storing === 0) return;
        own.storing = 0;
        topic.stored += 1;
        round(index);
      };
      // Any topic is stored whenever the store pleases, or never, and the others go on.
      for (const index of stores) {
        for (let again = 0; again < 8; again += 1) for (const other of topics.keys()) round(other);
        const most = Math.max(3, count + 1) * wholeBytes;
        assert.ok(total() <= most, `${total()} of ${most}`);
        store(index);
      }
      for (let again = 0; again < 20; again += 1) {
        for (let read = 0; read < 8; read += 1) for (const other of topics.keys()) round(other);
        for (const index of topics.keys()) if (index > 0 || count === 1) store(index);
      }
      for (const [index, { stored }] of topics.entries()) assert.ok(stored > 0 || (index === 0 && count > 1));
    }),
  );
});
