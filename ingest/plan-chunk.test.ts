import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chunkToken, type Planned, planChunk, type Range, readRange, writeRange } from "./plan-chunk.ts";

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

// The log leaves offsets out; sizes are about the limits'.
const messagesRead = fc
  .array(fc.record({ gap: fc.integer({ min: 1, max: 3 }), bytes: fc.nat(120) }), { maxLength: 12 })
  .map((each) => {
    let offset = 0;
    return each.map(({ gap, bytes }) => {
      offset += gap;
      return at(offset, bytes);
    });
  });
const sum = (messages: readonly Planned[]) => messages.reduce((bytes, message) => bytes + message.bytes, 0);

test("a new chunk is the most from the front that its limits allow, and never nothing", () => {
  fc.assert(
    fc.property(messagesRead, fc.integer({ min: 1, max: 8 }), fc.nat(300), (messages, rows, bytes) => {
      const reached = messages.at(-1)?.offset ?? -1n;
      const count = planChunk(messages, { written: undefined, reached, limits: { rows, bytes } });
      const isWithin = (some: number) => some <= rows && sum(messages.slice(0, some)) <= bytes;
      assert.ok(count <= messages.length);
      assert.ok(count > 0 || messages.length === 0);
      assert.ok(count <= 1 || isWithin(count));
      assert.ok(count === messages.length || !isWithin(count + 1));
    }),
  );
});

test("whatever was read and whatever the limits, messages are cut into chunks without loss", () => {
  fc.assert(
    fc.property(messagesRead, fc.integer({ min: 1, max: 8 }), fc.nat(300), (messages, rows, bytes) => {
      const chunks: Planned[][] = [];
      for (let left = messages; left.length > 0; ) {
        const count = planChunk(left, { written: undefined, reached: 99n, limits: { rows, bytes } });
        chunks.push(left.slice(0, count));
        left = left.slice(count);
      }
      assert.deepEqual(chunks.flat(), messages);
    }),
  );
});

test("a written range is taken exactly once it is read, and not at all before, whatever the limits", () => {
  fc.assert(
    fc.property(messagesRead, fc.nat(40), fc.nat(40), fc.nat(5), (messages, max, beyond, rows) => {
      const reached = (messages.at(-1)?.offset ?? 0n) + BigInt(beyond);
      const count = planChunk(messages, { written: range(0, max), reached, limits: { rows, bytes: rows } });
      const ofRange = messages.filter(({ offset }) => offset <= BigInt(max));
      assert.deepEqual(messages.slice(0, count), reached < BigInt(max) ? [] : ofRange);
    }),
  );
});

const digits = fc.integer({ min: 0, max: 12 });
// Names that a number of another part could be mistaken for a part of.
const chunks = fc.record({
  topic: fc.constantFrom("a", "a-1", "a-1-2", "1", "1-1", "saga.events"),
  partition: digits,
  min: digits,
  max: digits,
  atMs: digits,
});
type ChunkName = typeof chunks extends fc.Arbitrary<infer T> ? T : never;
const tokenOf = ({ topic, partition, min, max, atMs }: ChunkName) =>
  chunkToken(topic, partition, { min: BigInt(min), max: BigInt(max), atMs });

test("tokens are the same where topic, partition and range are, and nowhere else", () => {
  fc.assert(
    fc.property(chunks, chunks, chunks, (one, other, mixed) => {
      assert.equal(tokenOf(one), tokenOf({ ...one }));
      for (const two of [other, ...(["topic", "partition", "min", "max", "atMs"] as const).map(differingIn)]) {
        const isSame = JSON.stringify(one) === JSON.stringify(two);
        assert.equal(tokenOf(one) === tokenOf(two), isSame);
      }
      function differingIn(part: keyof ChunkName): ChunkName {
        return { ...one, [part]: mixed[part] };
      }
    }),
    { numRuns: 1_000 },
  );
});

test("a range survives the offset's metadata", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 62n), fc.bigInt(0n, 2n ** 61n), fc.nat(), (min, length, atMs) => {
      for (const written of [
        { min, max: min + length, atMs },
        { min, max: min + length, atMs, isInTwo: true as const },
      ]) {
        assert.deepEqual(readRange(writeRange(written), min), written);
        assert.equal(readRange(writeRange(written), min + 1n), undefined);
      }
    }),
  );
});

test("a range that an earlier release wrote down is one that goes in two inserts", () => {
  assert.deepEqual(readRange("range 1 5 9 7", 5n), { min: 5n, max: 9n, atMs: 7, isInTwo: true });
});

test("other metadata is no range", () => {
  for (const metadata of [null, "", "range 3 5 6 3", "range 2 1 2 3", "range 1 5 4 3", "range 1 -5 4 3", "hello"])
    assert.equal(readRange(metadata, 5n), undefined);
});
