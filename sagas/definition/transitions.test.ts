import assert from "node:assert/strict";
import { test } from "node:test";
import { type Execution, type History, historyOf } from "#sagas/history.ts";
import { rowsOf } from "#sagas/history-cases.ts";
import { transitionsOf } from "./transitions.ts";

/** A try as `name attempt from-to cause`; `to` may be `…`, of one that has not ended, and `!` says that it failed. */
function execution(text: string): Execution {
  const [name = "", attempt = "1", time = "", cause = ""] = text.split(" ");
  const [from = "0", to = "…"] = time.replace("!", "").split("-");
  const endedMs = to === "…" ? null : Number(to);
  const outcome = endedMs === null ? "open" : time.endsWith("!") ? "failed" : "completed";
  const key = `${name}${attempt}`;
  const ids = { startId: `${key}s`, endId: endedMs === null ? "" : `${key}e`, cause };
  return { name, compensates: "", attempt: Number(attempt), startedMs: Number(from), endedMs, outcome, ...ids };
}

const history = (...texts: string[]): History => ({
  id: "saga",
  startedMs: 0,
  startId: "start",
  end: null,
  executions: texts.map(execution),
});

const ways = (one: History) =>
  transitionsOf(one)
    .taken.map(({ from, to, isGiven, ms }) => `${from} > ${to}${isGiven ? "" : "?"} ${Math.round(ms)}`)
    .sort();

for (const { name, sagas, expected } of [
  {
    name: "a cause leads from the try that told the event",
    sagas: history("a 1 10-20 start", "b 1 25-90 a1e", "c 1 30-60 a1e"),
    expected: ["start > step a 10", "step a > step b 5", "step a > step c 10"],
  },
  {
    name: "a cause that is the beginning of a try counts from there",
    sagas: history("a 1 10-200 start", "b 1 30-90 a1s"),
    expected: ["start > step a 10", "step a > step b 20"],
  },
  {
    name: "a try after a failed one is a retry, also where both have the same cause",
    sagas: history("a 1 10-20 start", "b 1 30-40! a1e", "b 2 60-70 a1e"),
    expected: ["start > step a 10", "step a > step b 10", "step b > step b 20"],
  },
  {
    name: "a step that something else leads back to is a loop, not a retry",
    sagas: history("a 1 10-20 start", "b 1 30-40 a1e", "a 2 60-70 b1e"),
    expected: ["start > step a 10", "step a > step b 10", "step b > step a 20"],
  },
  {
    name: "an event nobody knows is no cause",
    sagas: history("a 1 10-20 start", "b 1 30-40 elsewhere"),
    expected: ["start > step a 10", "step a > step b? 10"],
  },
  {
    name: "what runs side by side follows the same, and both lead on",
    sagas: history("a 1 10-20", "b 1 30-300", "c 1 40-200", "d 1 310-320"),
    expected: [
      "start > step a? 10",
      "step a > step b? 10",
      "step a > step c? 20",
      "step b > step d? 10",
      "step c > step d? 110",
    ],
  },
  {
    name: "an overlap as small as clocks differ is none",
    sagas: history("a 1 10-200", "b 1 190-400"),
    expected: ["start > step a? 10", "step a > step b? 180"],
  },
  {
    name: "a try that fell silent is over when the next begins",
    sagas: history("a 1 10-…", "a 2 500-600", "b 1 610-620"),
    expected: ["start > step a? 10", "step a > step a? 0", "step a > step b? 10"],
  },
]) {
  test(name, () => assert.deepEqual(ways(sagas), expected));
}

test("a history is the same whichever way its events arrive, and however often", () => {
  const saga = { id: "s", startedAt: "2026-06-01T12:00:00.000Z" };
  const rows = rowsOf({
    events: [
      { type: "started" },
      { type: "step.started", step: "a" },
      { type: "step.completed", step: "a" },
      { type: "compensation.completed", step: "undo-a", compensates: "a" },
      { type: "compensated" },
    ],
  });
  const expected = historyOf(saga, rows);
  assert.deepEqual(historyOf(saga, [...rows, ...rows].reverse()), expected);
  assert.deepEqual(ways(expected), [
    "start > step a? 1000",
    "step a > undo undo-a? 1000",
    "undo undo-a > end compensated? 1000",
  ]);
});

test("a saga of ten thousand tries is done with in a moment", () => {
  const texts = Array.from({ length: 10_000 }, (_, index) => `s${index} 1 ${index * 10}-${index * 10 + 9}`);
  const beganMs = performance.now();
  assert.equal(transitionsOf(history(...texts)).taken.length, 10_000);
  assert.ok(performance.now() - beganMs < 1000);
});
