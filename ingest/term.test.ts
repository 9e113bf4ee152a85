import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { generationOf, quiet } from "./lane-for-tests.ts";
import { batchOf } from "./message.ts";
import { Room } from "./room.ts";
import { Term } from "./term.ts";
import { message } from "./testing.ts";

const topic = "events";
const weight = message("x").bytes;
const chunkBytes = 40 * weight;

/** So many messages from the log's beginning, which is their end too. */
const fetched = (count: number) => ({
  fetched: 0n,
  batches: Array.from({ length: count }, (_, offset) => batchOf([message("x", { offset: BigInt(offset) })])),
  last: BigInt(count - 1),
  end: BigInt(count),
});

test("what was paused for want of room is fetched again once others have given it back", async () => {
  const room = new Room(3 * chunkBytes);
  const paused = new Set<number>();
  const over = new AbortController();
  const stuck = Promise.withResolvers<void>();
  const term = new Term(generationOf(topic, [0, 1], { offset: 0n, metadata: "" }), {
    topic,
    groupId: "mine",
    room,
    limits: { rows: 1_000, bytes: 2 * chunkBytes },
    fetchLimits: { heldBytes: 2 * chunkBytes, chunkBytes },
    store: async () => await stuck.promise,
    ...quiet(),
    pause: (partitions) => {
      for (const partition of partitions) paused.add(partition);
    },
    resume: (partitions) => {
      for (const partition of partitions) paused.delete(partition);
    },
    stopping: over.signal,
  });
  await sleep(20);
  room.hold("others", 3 * chunkBytes);
  term.accept(0, fetched(45));
  term.accept(1, fetched(1));
  await sleep(20);
  assert.deepEqual([...paused].sort(), [0, 1]);
  room.hold("others", 0);
  await term.measure();
  assert.deepEqual([...paused], []);
  term.end();
  assert.equal(room.leftFor("others"), 3 * chunkBytes);
  stuck.resolve();
  over.abort();
  await term.idle();
});
