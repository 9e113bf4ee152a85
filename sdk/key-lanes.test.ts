import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { KeyLanes } from "./key-lanes.ts";

test("work of one key runs in order, of several side by side", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ key: fc.constantFrom("a", "b", "c"), turns: fc.nat(5) }), { maxLength: 30 }),
      async (pieces) => {
        const lanes = new KeyLanes(100);
        const done: { key: string; index: number }[] = [];
        for (const [index, { key, turns }] of pieces.entries()) {
          lanes.run(key, async () => {
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
            done.push({ key, index });
          });
        }
        assert.equal(await lanes.drain(5000), true);
        for (const key of ["a", "b", "c"]) {
          const order = done.filter((piece) => piece.key === key).map((piece) => piece.index);
          assert.deepEqual(
            order,
            [...order].sort((x, y) => x - y),
          );
        }
        assert.equal(done.length, pieces.length);
      },
    ),
    { numRuns: 50 },
  );
});

test("is full at its width and says when there is room", async () => {
  const lanes = new KeyLanes(2);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  lanes.run("a", () => held);
  lanes.run("b", () => held);
  assert.equal(lanes.full, true);
  release();
  await lanes.nextEnd(5000);
  assert.equal(lanes.full, false);
});
