import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { findFaulty, type Look, provenFaulty } from "./faulty-rows.ts";

const proof = { looks: 3, forMs: 1_000 };
const seen = (...looks: [atMs: number, faulty: number[] | undefined][]): Look[] =>
  looks.map(([atMs, faulty]) => ({ atMs, faulty }));

for (const { name, looks, proven } of [
  { name: "nothing seen", looks: [], proven: undefined },
  { name: "often enough, and for long enough", looks: seen([0, [7]], [500, [7]], [1_000, [7]]), proven: [7] },
  { name: "too seldom", looks: seen([0, [7]], [5_000, [7]]), proven: undefined },
  { name: "too soon", looks: seen([0, [7]], [300, [7]], [999, [7]]), proven: undefined },
  {
    name: "another row meanwhile",
    looks: seen([0, [7]], [500, [8]], [1_000, [7]], [1_500, [7]], [1_999, [7]]),
    proven: undefined,
  },
  { name: "all read meanwhile", looks: seen([0, [7]], [500, []], [900, [7]], [1_000, [7]]), proven: undefined },
  {
    name: "a store that told nothing meanwhile",
    looks: seen([0, [7]], [500, undefined], [900, [7]], [1_000, [7]]),
    proven: undefined,
  },
  { name: "all read every time", looks: seen([0, []], [500, []], [1_000, []]), proven: undefined },
  {
    name: "nothing told at last",
    looks: seen([0, [7]], [500, [7]], [1_000, [7]], [1_500, undefined]),
    proven: undefined,
  },
])
  test(`${name}: ${proven ? "proven" : "not proven"}`, () => assert.deepEqual(provenFaulty(looks, proof), proven));

const someLooks = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 900 }),
      fc.oneof(
        { arbitrary: fc.constant([3]), weight: 6 },
        fc.constant([3, 4]),
        fc.constant([] as number[]),
        fc.constant(undefined),
      ),
    ),
    { maxLength: 12 },
  )
  .map((steps) => {
    let atMs = 0;
    return steps.map(([waitMs, faulty]): Look => {
      atMs += waitMs;
      return { atMs, faulty };
    });
  });

test("whatever is proven was found by every look of the time that is wanted, and by as many as are wanted", () => {
  let proven = 0;
  fc.assert(
    fc.property(someLooks, (looks) => {
      const faulty = provenFaulty(looks, proof);
      if (!faulty) return;
      proven += 1;
      const endMs = looks.at(-1)?.atMs ?? 0;
      const within = looks.filter(({ atMs }) => atMs >= endMs - proof.forMs);
      for (const look of [...within, ...looks.slice(-proof.looks)]) assert.deepEqual(look.faulty, faulty);
      assert.ok(faulty.length > 0 && looks.length >= proof.looks);
    }),
    { numRuns: 3_000 },
  );
  assert.ok(proven > 100);
});

test("a row that is found every time is proven in the end, whatever was seen before", () => {
  fc.assert(
    fc.property(someLooks, (looks) => {
      const fromMs = (looks.at(-1)?.atMs ?? 0) + 1;
      const more = [0, 500, 1_000].map((ms): Look => ({ atMs: fromMs + ms, faulty: [9] }));
      assert.deepEqual(provenFaulty([...looks, ...more], proof), [9]);
    }),
  );
});

/** Finds by a store that cannot read these rows, nor what they are in. */
async function find(count: number, bad: ReadonlySet<number>, most = 100) {
  let asked = 0;
  const isRead = async (from: number, to: number) => {
    asked += 1;
    for (let place = from; place < to; place += 1) if (bad.has(place)) return false;
    return true;
  };
  return { found: await findFaulty(count, { isRead, most }), asked };
}

test("exactly the rows that cannot be read are found", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 200 }),
      fc.uniqueArray(fc.nat(199), { maxLength: 20 }),
      async (count, some) => {
        const bad = some.filter((place) => place < count).sort((a, b) => a - b);
        assert.deepEqual((await find(count, new Set(bad))).found, bad);
      },
    ),
  );
});

test("one of 20,000 is found in few tries, and of a store that reads nothing few are asked", async () => {
  const { found, asked } = await find(20_000, new Set([12_345]));
  assert.deepEqual(found, [12_345]);
  assert.ok(asked < 35, `${asked} tries`);
  const all = await find(20_000, new Set(Array.from({ length: 20_000 }, (_, place) => place)));
  assert.equal(all.found, undefined);
  assert.ok(all.asked < 300, `${all.asked} tries`);
});
