import assert from "node:assert/strict";
import { test } from "node:test";
import { Slots } from "./slots.ts";

test("so many at once, the others in their order, failures or not", async () => {
  const slots = new Slots(2);
  const begun: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const all = gates.map((gate, index) =>
    slots.run(async () => {
      begun.push(index);
      await gate.promise;
    }),
  );
  assert.deepEqual(begun, [0, 1]);
  gates[1]?.reject(new Error("refused"));
  await assert.rejects(all[1] ?? Promise.resolve());
  assert.deepEqual(begun, [0, 1, 2]);
  for (const gate of gates) gate.resolve();
  await Promise.allSettled(all);
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
});
