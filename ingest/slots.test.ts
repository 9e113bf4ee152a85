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

test("a turn holds its slot until it ends, however much is done in it", async () => {
  const slots = new Slots(1);
  const turn = await slots.turn();
  let isNext = false;
  const next = slots.turn().then((other) => {
    isNext = true;
    return other;
  });
  await turn.run(async () => undefined);
  await turn.run(async () => undefined);
  assert.equal(isNext, false);
  turn.end();
  turn.end();
  const other = await next;
  const done: string[] = [];
  const third = slots.run(async () => void done.push("third"));
  await Promise.resolve();
  assert.deepEqual(done, [], "a slot is given back once");
  other.end();
  await third;
});

test("a turn that fails gives its slot back, and waits for one to try again", async () => {
  const slots = new Slots(1);
  const turn = await slots.turn();
  await assert.rejects(turn.run(async () => Promise.reject(new Error("refused"))));
  const gate = Promise.withResolvers<void>();
  const done: string[] = [];
  const other = slots.run(async () => {
    await gate.promise;
    done.push("other");
  });
  const again = turn.run(async () => void done.push("again"));
  gate.resolve();
  await Promise.all([other, again]);
  assert.deepEqual(done, ["other", "again"]);
  turn.end();
  await slots.run(async () => void done.push("free"));
  assert.equal(done.length, 3);
});

test("a turn in which nothing is done gives its slot back, but not while something is", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const slots = new Slots(1);
  const turn = await slots.turn();
  const gate = Promise.withResolvers<void>();
  const done: string[] = [];
  const first = turn.run(async () => {
    await gate.promise;
    done.push("first");
  });
  const other = slots.run(async () => void done.push("other"));
  t.mock.timers.tick(60_000);
  gate.resolve();
  await first;
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(done, ["first"]);
  t.mock.timers.tick(1_000);
  await other;
  await turn.run(async () => void done.push("late"));
  assert.deepEqual(done, ["first", "other", "late"]);
});
