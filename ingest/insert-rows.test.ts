import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Block } from "#store/clickhouse/inserts/insert-block.ts";
import { insertRows } from "./insert-rows.ts";
import { RowsRefused, RowsSuspected } from "./retry.ts";
import { tableRows } from "./table-rows.ts";
import { message } from "./testing.ts";

interface Behaviour {
  /** By the number of the try: what it then refuses under a code nobody knows. "strange" rows it always refuses so. */
  readonly isUnwell?: (at: number) => boolean;
  /** Whether it took a block of the table before. */
  readonly hasWitness?: boolean;
  /** Whether it refuses "strange" rows only after it has stored them, as where a view fails. */
  readonly isLate?: boolean;
  /** How many blocks of other partitions it takes between two looks. */
  readonly others?: number;
}

function peer({ isUnwell = () => false, hasWitness = true, isLate = false, others = 0 }: Behaviour = {}) {
  const stored = new Map<string, string[]>();
  const witness: Block = { table: "saga_events", token: "earlier", body: [Buffer.from("earlier\n")] };
  let tries = 0;
  let taken = 0;
  let actsLeft = Number.POSITIVE_INFINITY;
  const insert = async ({ token, body }: Block, suspectAfter = Number.POSITIVE_INFINITY) => {
    if (actsLeft-- <= 0) throw new Error("killed");
    const lines = Buffer.concat(body).toString().trimEnd().split("\n");
    const says = (word: string) => lines.some((line) => line.startsWith(word));
    for (let refusals = 0; isUnwell(tries++) || (says("strange") && !says("bad")); ) {
      if (isLate && !stored.has(token)) stored.set(token, lines);
      if (tries > 10_000) throw new Error("tried for ever");
      if (++refusals >= suspectAfter) throw new RowsSuspected("suspected", { cause: new Error() });
    }
    if (says("bad")) throw new RowsRefused("refused", { cause: new Error() });
    if (token !== witness.token && !stored.has(token)) stored.set(token, lines);
  };
  return {
    insert,
    store: async (values: readonly string[]) => {
      const rows = values.map((value) => ({ message: message(value), line: `${value}\n` }));
      const dead = await insertRows(tableRows("saga_events", rows), "chunk-saga_events", {
        insert,
        witness: () => (hasWitness ? witness : undefined),
        holds: async (_, messages) =>
          messages.every(({ value }) => [...stored.values()].flat().includes(String(value))),
        taken: () => {
          taken += others;
          return taken;
        },
      });
      return dead.map((each) => String(each.message.value));
    },
    /** The worker is gone after so many of its inserts. */
    killAfter: (acts: number) => {
      actsLeft = acts;
    },
    tokens: () => [...stored.keys()],
    stored: () => [...stored.values()].flat().sort(),
    tries: () => tries,
  };
}

const many = Array.from({ length: 40 }, (_, index) => `sound ${index}`);
const during = (from: number, to: number) => (at: number) => at >= from && at < to;

for (const { name, values, store = {}, dead } of [
  { name: "a strange row among sound ones dies", values: [...many, "strange"], dead: ["strange"] },
  { name: "so do several", values: ["strange 1", ...many, "strange 2"], dead: ["strange 1", "strange 2"] },
  { name: "and one by itself", values: ["strange"], dead: ["strange"] },
  {
    name: "and all of a chunk, where the store takes others",
    values: ["strange 1", "strange 2"],
    dead: ["strange 1", "strange 2"],
  },
  { name: "bad rows and strange ones die", values: ["bad", "a", "strange"], dead: ["bad", "strange"] },
  {
    name: "one dies without a witness where other partitions store",
    values: ["strange"],
    store: { hasWitness: false, others: 1 },
    dead: ["strange"],
  },
  {
    name: "a store that falls ill amid the halves",
    values: [...many, "strange"],
    store: { isUnwell: during(14, 300) },
    dead: ["strange"],
  },
] satisfies { name: string; values: string[]; store?: Behaviour; dead: string[] }[])
  test(name, async () => {
    const own = peer(store);
    assert.deepEqual(await own.store(values), dead);
    assert.deepEqual(own.stored(), values.filter((value) => !dead.includes(value)).sort());
  });

for (const { name, store } of [
  { name: "a store that was unwell for long", store: { isUnwell: during(0, 5_000) } },
  { name: "one that was while it took nothing of anybody", store: { isUnwell: during(0, 5_000), hasWitness: false } },
] satisfies { name: string; store: Behaviour }[])
  test(`${name} gets all in one piece in the end`, async () => {
    const own = peer(store);
    assert.deepEqual(await own.store(many), []);
    assert.deepEqual(own.tokens(), ["chunk-saga_events"]);
  });

test("a strange row is tried for ever where the store takes nothing else", async () => {
  await assert.rejects(peer({ hasWitness: false }).store(["strange"]), /tried for ever/);
});

test("rows that are stored and refused nevertheless are not halved", async () => {
  const own = peer({ isLate: true });
  await assert.rejects(own.store(["a", "strange", "b"]), /tried for ever/);
  assert.deepEqual(own.stored(), ["a", "b", "strange"]);
});

test("on suspicion, the rows of one message die together, and no others", async () => {
  const { insert } = peer();
  const [first, one, last] = [message("0"), message("1"), message("2")];
  const rows = [
    { message: first, line: "a\n" },
    ...["b", "b", "strange", "b"].map((value) => ({ message: one, line: `${value}\n` })),
    { message: last, line: "c\n" },
  ];
  const witness: Block = { table: "otel_logs", token: "earlier", body: [] };
  const dead = await insertRows(tableRows("otel_logs", rows), "chunk-otel_logs", {
    insert,
    witness: () => witness,
    taken: () => 0,
    holds: async () => false,
  });
  assert.deepEqual(
    dead.map(({ message, isPart }) => [message === one, isPart]),
    Array(4).fill([true, true]),
  );
});

test("no row of a table that refuses every row dies", async () => {
  await assert.rejects(peer({ isUnwell: () => true }).store(many), /tried for ever/);
});

test("one strange row of 20,000 is found in few tries", async () => {
  const own = peer();
  const values = Array.from({ length: 20_000 }, (_, index) => (index === 12_345 ? "strange" : `sound ${index}`));
  assert.deepEqual(await own.store(values), ["strange"]);
  assert.ok(own.tries() < 200, `${own.tries()} tries`);
});

// By turns unwell and well, for so many tries each; in the end well.
const spells = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 20 })), { maxLength: 6 });
const kinds = fc.array(fc.constantFrom("sound", "sound", "sound", "strange", "bad"), { minLength: 1, maxLength: 16 });

test("whenever the store is unwell and workers die, each sound row is stored once, and none but the others dies", async () => {
  await fc.assert(
    fc.asyncProperty(kinds, spells, fc.array(fc.nat(30), { maxLength: 4 }), async (some, turns, kills) => {
      const values = some.map((kind, index) => `${kind} ${index}`);
      const timeline = turns.flatMap(([ill, well]) => [...Array(ill).fill(true), ...Array(well).fill(false)]);
      const own = peer({ isUnwell: (at) => timeline[at] === true });
      for (const acts of kills) {
        own.killAfter(acts);
        await own.store(values).catch((error: Error) => assert.equal(error.message, "killed"));
      }
      own.killAfter(Number.POSITIVE_INFINITY);
      const dead = await own.store(values);
      const isSound = (value: string) => value.startsWith("sound");
      assert.deepEqual(own.stored(), values.filter(isSound).sort());
      assert.deepEqual(dead.slice().sort(), values.filter((value) => !isSound(value)).sort());
    }),
    { numRuns: 1_000 },
  );
});
