import assert from "node:assert/strict";
import { test } from "node:test";
import { Absence } from "./absence.ts";

const gone = Object.assign(new Error("does not host"), { type: "UNKNOWN_TOPIC_OR_PARTITION" });

test("a topic that is gone is told once, until it comes and goes again; each look waits longer", async () => {
  let told = 0;
  const absence = new Absence(() => {
    told += 1;
  }, new AbortController().signal);
  const waits: number[] = [];
  for (let look = 0; look < 3; look += 1) {
    const beganMs = performance.now();
    assert.equal(await absence.restart(gone), true);
    waits.push(performance.now() - beganMs);
  }
  assert.deepEqual([told, absence.isNoticed], [1, true]);
  assert.ok((waits[2] ?? 0) >= 390 && (waits[0] ?? 0) < 390, String(waits));
  absence.end();
  assert.equal(absence.isNoticed, false);
  await absence.restart(gone);
  assert.equal(told, 2);
});

test("after any other error the client begins anew at once, and nothing is told", async () => {
  const absence = new Absence(() => assert.fail("told"), new AbortController().signal);
  assert.equal(await absence.restart(new Error("ECONNREFUSED")), true);
  assert.equal(absence.isNoticed, false);
});

test("whoever stops while a topic is gone does not begin again", async () => {
  const stopping = new AbortController();
  const absence = new Absence(() => undefined, stopping.signal);
  for (let look = 0; look < 3; look += 1) await absence.restart(gone);
  const waiting = absence.restart(gone);
  stopping.abort(new Error("Stopping"));
  assert.equal(await waiting, false);
});
