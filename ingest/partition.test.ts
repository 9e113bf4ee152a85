import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { batchOf, type MessageBatch } from "./message.ts";
import { Partition } from "./partition.ts";
import type { Range } from "./plan-chunk.ts";
import { message } from "./testing.ts";

const at = (first: bigint, ...others: readonly bigint[]): MessageBatch => {
  const one = (offset: bigint) => message("x", { offset, bytes: 10 });
  return batchOf([one(first), ...others.map(one)]);
};

const recordsABatch = 4;

/** A log, read from its last committed offset in fetches of any size, by workers that crash at any moment. */
interface Life {
  /** Messages a fetch. */
  readonly fetch: number;
  /** Rows a chunk. */
  readonly rows: number;
  /** What the worker still does of the chunk in which it crashes. */
  readonly crash: "before writing" | "after writing" | "after inserting" | "after committing";
  /** Chunks stored before that. */
  readonly chunks: number;
}

const life = fc.record({
  fetch: fc.integer({ min: 1, max: 7 }),
  rows: fc.integer({ min: 1, max: 9 }),
  crash: fc.constantFrom("before writing", "after writing", "after inserting", "after committing"),
  chunks: fc.nat({ max: 4 }),
}) satisfies fc.Arbitrary<Life>;

test("whatever crashes when, each message is stored once", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.bigInt(0n, 60n), { maxLength: 40 }),
      fc.array(life, { maxLength: 8 }),
      (set, lives) => {
        const log = set.sort((a, b) => (a < b ? -1 : 1));
        const world = new World(log);
        for (const each of lives) world.live(each);
        world.live({ fetch: 3, rows: 4, crash: "before writing", chunks: 1_000 });
        assert.deepEqual(world.stored, log);
      },
    ),
  );
});

/** The group's offset with its metadata, and a store that keeps blocks with a known token out. */
class World {
  readonly #log: readonly bigint[];
  readonly #tokens = new Set<string>();
  #committed = 0n;
  #written: Range | undefined;
  #clock = 0;
  stored: bigint[] = [];

  constructor(log: readonly bigint[]) {
    this.#log = log;
  }

  live({ fetch, rows, crash, chunks }: Life): void {
    const partition = new Partition(this.#written, this.#committed);
    let left = chunks;
    for (let position = this.#committed; ; ) {
      const batch = this.#log.filter((offset) => offset >= position).slice(0, fetch);
      const last = batch.at(-1);
      if (last === undefined) return;
      // The broker gives whole batches, which may begin before what was asked for.
      const from = this.#log.findLastIndex(
        (offset, index) => index % recordsABatch === 0 && offset <= (batch[0] ?? 0n),
      );
      const [first = last, ...others] = this.#log.slice(from, this.#log.indexOf(last) + 1);
      partition.add([at(first, ...others)], last);
      position = last + 1n;
      this.#clock += 1;
      const next = () => partition.next({ rows, bytes: 1_000 }, this.#clock);
      for (let chunk = next(); chunk; chunk = next()) {
        const dying = left === 0;
        left -= 1;
        if (dying && crash === "before writing") return;
        if (!chunk.written) this.#written = chunk.range;
        if (dying && crash === "after writing") return;
        const { min, max, atMs } = chunk.range;
        const token = `${min}-${max}-${atMs}`;
        if (!this.#tokens.has(token)) this.stored.push(...[...chunk.messages].map(({ offset }) => offset));
        this.#tokens.add(token);
        if (dying && crash === "after inserting") return;
        this.#committed = max + 1n;
        this.#written = undefined;
        if (dying) return;
        partition.done(chunk.range);
      }
    }
  }
}

test("a batch that is read twice counts once", () => {
  const partition = new Partition(undefined, 1n);
  partition.add([at(1n), at(2n)], 2n);
  partition.add([at(1n), at(2n), at(3n)], 3n);
  assert.deepEqual(
    [...(partition.next({ rows: 10, bytes: 1_000 }, 0)?.messages ?? [])].map(({ offset }) => offset),
    [1n, 2n, 3n],
  );
});

test("a batch is released once all of it is stored, and not before", () => {
  const partition = new Partition(undefined, 1n);
  const released: string[] = [];
  const named = (name: string, batch: MessageBatch) => ({ ...batch, release: () => void released.push(name) });
  partition.add([named("first", at(1n, 2n, 3n)), named("second", at(4n))], 4n);
  const seen: string[] = [];
  for (let chunk = partition.next({ rows: 2, bytes: 1_000 }, 0); chunk; ) {
    seen.push(`${[...chunk.messages].map(({ offset }) => offset)}: ${released}`);
    partition.done(chunk.range);
    chunk = partition.next({ rows: 2, bytes: 1_000 }, 0);
  }
  assert.deepEqual(
    [seen, released],
    [
      ["1,2: ", "3,4: "],
      ["first", "second"],
    ],
  );
});

test("of a batch only what lies at the offset to begin at, or after it, is taken", () => {
  const partition = new Partition(undefined, 5n);
  partition.add([at(3n, 4n, 5n, 6n)], 6n);
  assert.deepEqual(chunksOf(partition), [[5n, 6n, 2, 0]]);
});

test("a chunk that was not done is given again, unchanged but for having been tried", () => {
  const partition = new Partition(undefined, 1n);
  partition.add([at(1n), at(2n)], 2n);
  const first = partition.next({ rows: 2, bytes: 1_000 }, 1);
  partition.add([at(3n)], 3n);
  assert.equal(first?.tried, false);
  assert.deepEqual(partition.next({ rows: 9, bytes: 1_000 }, 2), { ...first, tried: true });
});

test("a written range is owed until it is read to its end", () => {
  const partition = new Partition({ min: 1n, max: 3n, atMs: 0 }, 1n);
  partition.add([at(1n), at(2n)], 2n);
  assert.deepEqual([partition.isOwed, partition.next({ rows: 9, bytes: 1_000 }, 2)], [true, undefined]);
  partition.add([at(3n), at(4n)], 4n);
  assert.deepEqual([partition.isOwed, partition.next({ rows: 9, bytes: 1_000 }, 2)?.range.max], [false, 3n]);
});

/** The chunks of what was read, each done: first and last offset, how many messages, and how many offsets without one. */
function chunksOf(partition: Partition): [bigint, bigint, number, number][] {
  const chunk = partition.next({ rows: 2, bytes: 1_000 }, 2);
  if (!chunk) return [];
  partition.done(chunk.range);
  return [[chunk.range.min, chunk.range.max, chunk.messages.length, chunk.skipped], ...chunksOf(partition)];
}

test("a written range of which the log holds nothing any more is nothing but offsets", () => {
  const partition = new Partition({ min: 1n, max: 3n, atMs: 0 }, 1n);
  partition.add([at(9n)], 9n);
  assert.deepEqual(chunksOf(partition), [
    [1n, 3n, 0, 3],
    [4n, 9n, 1, 5],
  ]);
});

test("every offset is in one chunk, with a message or without", () => {
  const partition = new Partition(undefined, 5n);
  partition.add([at(5n), at(6n)], 7n);
  partition.add([], 9n);
  partition.add([at(11n)], 11n);
  assert.deepEqual(chunksOf(partition), [
    [5n, 6n, 2, 0],
    [7n, 11n, 1, 4],
  ]);
  partition.add([], 12n);
  assert.deepEqual([partition.isPassable, chunksOf(partition)], [true, [[12n, 12n, 0, 1]]]);
  assert.equal(partition.isPassable, false);
});

test("what the log lost of a written range is a gap, and not skipped", () => {
  const partition = new Partition({ min: 1n, max: 9n, atMs: 0 }, 6n);
  partition.add([at(6n), at(8n)], 9n);
  assert.deepEqual(chunksOf(partition), [[1n, 9n, 2, 2]]);
});
