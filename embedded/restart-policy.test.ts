import assert from "node:assert/strict";
import { test } from "node:test";
import { nextRestart } from "./restart-policy.ts";

for (const { name, ending, restart } of [
  {
    name: "the first ending is answered at once",
    ending: { earlier: 0, readyMs: 5_000 },
    restart: { inARow: 1, delayMs: 250, showLog: false },
  },
  {
    name: "the third in a row waits longer and shows the log",
    ending: { earlier: 2, readyMs: 0 },
    restart: { inARow: 3, delayMs: 1_000, showLog: true },
  },
  {
    name: "no wait is longer than 15 s",
    ending: { earlier: 500, readyMs: 0 },
    restart: { inARow: 501, delayMs: 15_000, showLog: true },
  },
  {
    name: "a steady run begins the count anew",
    ending: { earlier: 9, readyMs: 60_000 },
    restart: { inARow: 1, delayMs: 250, showLog: false },
  },
])
  test(name, () => assert.deepEqual(nextRestart(ending), restart));
