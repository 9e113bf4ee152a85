import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Generation } from "#lib/kafkajs-generation.ts";
import { Lane, type LanePorts } from "./lane.ts";
import { generationOf, quiet } from "./lane-for-tests.ts";
import { batchOf } from "./message.ts";
import { writeRange } from "./plan-chunk.ts";
import { Slots } from "./slots.ts";
import type { Chunk } from "./store-chunk.ts";
import { message } from "./testing.ts";

const topic = "events";
const partition = 1;

const generationAt = (offset: bigint, metadata: string): Generation =>
  generationOf(topic, [partition], { offset, metadata });

/** A lane from the log's beginning whose chunks are of up to a megabyte and go nowhere, but for what is said otherwise. */
const laneWith = (over: AbortController, ports: Partial<LanePorts> = {}): Lane =>
  new Lane(partition, {
    topic,
    limits: { rows: 1_000, bytes: 1_000_000 },
    wholeBytes: 900_000,
    generation: generationAt(0n, ""),
    store: async () => undefined,
    changed: () => undefined,
    isFull: () => false,
    ...quiet(),
    over: over.signal,
    signal: over.signal,
    ...ports,
  });

const fetched = (from: number, to: number) => ({
  fetched: BigInt(from),
  batches: Array.from({ length: to - from + 1 }, (_, index) =>
    batchOf([message("x", { offset: BigInt(from + index) })]),
  ),
  last: BigInt(to),
  end: 100n,
});

test("a chunk that another worker wrote down is waited for where one fetch brings only its beginning", {
  timeout: 10_000,
}, async () => {
  const chunks: Chunk[] = [];
  const over = new AbortController();
  const lane = laneWith(over, {
    generation: generationAt(0n, writeRange({ min: 0n, max: 9n, atMs: 1_770_000_000_000 })),
    store: async (chunk) => void chunks.push(chunk),
  });
  await lane.idle();
  lane.accept({ ...fetched(0, 4), end: 10_000n });
  // Whoever is busy with nothing but itself lets no timer through.
  await sleep(20);
  assert.deepEqual([chunks.length, lane.fetchable.isOwed], [0, true]);
  lane.accept({ ...fetched(5, 12), end: 10_000n });
  await sleep(20);
  assert.deepEqual(
    chunks.map(({ range, messages, written }) => [range.min, range.max, messages.length, written]),
    [[0n, 9n, 10, true]],
  );
  over.abort();
});

test("a chunk for which no more is fetched is stored at once, however much the log holds behind it", {
  timeout: 1_000,
}, async () => {
  const over = new AbortController();
  const stored = Promise.withResolvers<Chunk>();
  const lane = laneWith(over, {
    limits: { rows: 1_000, bytes: 40 * message("x").bytes },
    wholeBytes: 20 * message("x").bytes,
    store: async (chunk) => stored.resolve(chunk),
  });
  await lane.idle();
  lane.accept({ ...fetched(0, 9), end: 10_000n });
  lane.accept({ ...fetched(10, 24), end: 10_000n });
  assert.equal((await stored.promise).messages.length, 25);
  over.abort();
});

test("a partition that is little behind waits for no more", { timeout: 1_000 }, async () => {
  const over = new AbortController();
  const stored = Promise.withResolvers<Chunk>();
  const lane = laneWith(over, {
    store: async (chunk) => stored.resolve(chunk),
  });
  await lane.idle();
  lane.accept({ ...fetched(0, 9), end: 500n });
  assert.equal((await stored.promise).messages.length, 10);
  over.abort();
});

for (const { size, near } of [
  { size: 500, near: 2_000n },
  { size: 199_800, near: 10n },
])
  test(`of messages of ${size} bytes, ${near} are little to be behind by`, async () => {
    const over = new AbortController();
    const lane = laneWith(over);
    await lane.idle();
    const batches = [batchOf([message("x".repeat(size), { offset: 0n })])];
    const isBehind = (end: bigint) => {
      lane.accept({ fetched: 0n, batches, last: 0n, end });
      return lane.fetchable.isBehind;
    };
    assert.deepEqual([isBehind(1n + near), isBehind(2n + near)], [false, true]);
    over.abort();
    await lane.idle();
  });

test("what comes while a chunk waits for its turn goes into it, but for one that is whole", {
  timeout: 5_000,
}, async () => {
  const over = new AbortController();
  const slots = new Slots(1);
  const before = await slots.turn();
  const counts: number[] = [];
  const lane = laneWith(over, {
    limits: { rows: 8, bytes: 1_000_000 },
    store: async ({ messages }) => void counts.push(messages.length),
    turn: () => slots.turn(),
  });
  await lane.idle();
  lane.accept(fetched(0, 2));
  await sleep(20);
  lane.accept(fetched(3, 4));
  await sleep(20);
  assert.deepEqual(counts, []);
  before.end();
  await sleep(20);
  assert.deepEqual(counts, [5]);
  const another = await slots.turn();
  lane.accept(fetched(5, 20));
  await sleep(20);
  assert.deepEqual(counts, [5, 8, 8], "nothing is gained by waiting with them");
  another.end();
  over.abort();
});

test("a log that ends before the group's offset is looked at again before that is believed", async () => {
  const failures: string[] = [];
  const over = new AbortController();
  const lane = new Lane(partition, {
    topic,
    limits: { rows: 1_000, bytes: 1_000_000 },
    wholeBytes: 900_000,
    generation: generationAt(101n, ""),
    store: async () => undefined,
    recordGap: async () => assert.fail("Nothing is lost"),
    seek: () => assert.fail("It is not known yet where to begin"),
    changed: () => undefined,
    isFull: () => false,
    turn: async () => assert.fail("Nothing is to be stored"),
    failed: (_, error) => failures.push(String(error)),
    known: new Map(),
    logs: { held: async () => assert.fail("The store need not be asked yet"), note: async () => undefined },
    left: async () => undefined,
    over: over.signal,
    signal: over.signal,
  });
  await sleep(20);
  assert.deepEqual(failures, ["Error: The group's offset, 101, lies beyond the end of the log, 100; looking again"]);
  over.abort();
  await lane.idle();
});

for (const { name, timeMs, sinceMs } of [
  { name: "a message's own time", timeMs: 1_770_000_000_000, sinceMs: 1_770_000_000_000 },
  { name: "no time", timeMs: 0, sinceMs: undefined },
  { name: "seconds in place of milliseconds", timeMs: 1_770_000_000, sinceMs: undefined },
])
  test(`how long messages have waited goes by ${name}`, async () => {
    const over = new AbortController();
    const beganMs = Date.now();
    const lane = laneWith(over);
    await lane.idle();
    lane.accept({ fetched: 0n, batches: [batchOf([message("x", { offset: 0n, timeMs })])], last: 0n, end: 100n });
    const lag = lane.measure({ low: 0n, high: 100n }, { offset: 0n, metadata: null });
    if (sinceMs === undefined) assert.ok((lag.sinceMs ?? 0) >= beganMs);
    else assert.equal(lag.sinceMs, sinceMs);
    over.abort();
  });

test("what was read before the topic was made anew is not stored, and the new log is read from its beginning", async () => {
  const over = new AbortController();
  const sought: bigint[] = [];
  const stored: Chunk[] = [];
  let logId = "old";
  const lane: Lane = laneWith(over, {
    generation: Object.assign(generationAt(100n, ""), { topicId: async () => logId }),
    store: async (chunk, owner) => {
      await owner.writeDown(chunk.range);
      stored.push(chunk);
      await owner.commit(chunk.range.max + 1n);
    },
    seek: (_, offset) => void sought.push(offset),
    failed: () => undefined,
    recordGap: async () => assert.fail("All of the old log is stored"),
    logs: {
      held: async () => {
        // Fetched before anybody knew.
        if (logId === "new") lane.accept({ ...fetched(105, 109), end: 110n });
        return logId === "old" ? undefined : { next: 100n, of: "another" };
      },
      note: async () => undefined,
    },
  });
  await lane.idle();
  logId = "new";
  // By name and offset it could be of either log.
  lane.accept({ ...fetched(100, 104), end: 105n });
  await lane.idle();
  assert.deepEqual([sought, stored], [[100n, 0n], []]);
  lane.accept({ ...fetched(0, 9), end: 10n });
  await lane.idle();
  assert.deepEqual(
    stored.map(({ range }) => [range.min, range.max]),
    [[0n, 9n]],
  );
  over.abort();
});

test("a chunk that is tried again is known to have been tried", async () => {
  const over = new AbortController();
  const tries: boolean[] = [];
  const lane = laneWith(over, {
    store: async ({ tried }) => {
      tries.push(tried);
      if (tries.length === 1) throw new Error("Kafka does not answer");
    },
    failed: () => undefined,
  });
  await lane.idle();
  lane.accept({ ...fetched(0, 9), end: 10n });
  await lane.idle();
  assert.deepEqual(tries, [false, true]);
  over.abort();
});
