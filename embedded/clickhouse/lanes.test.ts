import assert from "node:assert/strict";
import { test } from "node:test";
import { createLanes } from "./lanes.ts";

const never = new AbortController().signal;

test("beyond the lanes one waits, first come first served; beyond the queue one is refused", async () => {
  const lanes = createLanes({ lanes: 1, queue: 2, waitMs: 60_000 });
  const order: string[] = [];
  const leave = await lanes.enter(never);
  const waiting = ["a", "b"].map(async (name) => {
    const leaveLater = await lanes.enter(never);
    order.push(name);
    leaveLater();
  });
  assert.deepEqual([lanes.running, lanes.waiting], [1, 2]);
  await assert.rejects(lanes.enter(never), { code: 202 });
  leave();
  leave();
  await Promise.all(waiting);
  assert.deepEqual(order, ["a", "b"]);
  assert.deepEqual([lanes.running, lanes.waiting], [0, 0]);
});

test("a wait ends with the client, or in time", async () => {
  const lanes = createLanes({ lanes: 1, queue: 2, waitMs: 5 });
  await lanes.enter(never);
  const gone = new AbortController();
  const waiting = lanes.enter(gone.signal);
  gone.abort(new Error("gone"));
  await assert.rejects(waiting, { message: "gone" });
  await assert.rejects(lanes.enter(never), { code: 202 });
  assert.deepEqual([lanes.running, lanes.waiting], [1, 0]);
});
