import assert from "node:assert/strict";
import { test } from "node:test";
import { type CaseEvent, rowsOf } from "./history-cases.ts";
import { timelineOf } from "./timeline.ts";

const plan = ["a", "b", "c"];
const failed = (step: string, attempt: number, retryable: boolean): CaseEvent => ({
  type: "step.failed",
  step,
  attempt,
  error: { code: "x", message: "", retryable },
});
const undo = (word: string, compensates: string, attempt = 1): CaseEvent => ({
  type: `compensation.${word}`,
  step: `undo-${compensates}`,
  compensates,
  attempt,
});

/** `a completed, b retrying 1 running 2, …`: each row with its state and what each attempt came to. */
const drawn = (events: readonly CaseEvent[]) =>
  timelineOf(rowsOf({ events })).map(({ name, state, attempts, compensation }) => {
    const tries = (own: typeof attempts) => own.map((one) => `${one.attempt}:${one.outcome}`).join(" ");
    return [name, state, tries(attempts), ...(compensation ? [compensation.name, tries(compensation.attempts)] : [])];
  });

for (const { name, events, rows } of [
  { name: "nothing draws nothing", events: [], rows: [] },
  {
    name: "what is planned is pending",
    events: [
      { type: "started", plan },
      { type: "step.started", step: "a" },
    ],
    rows: [
      ["a", "running", "1:running"],
      ["b", "pending", ""],
      ["c", "pending", ""],
    ],
  },
  {
    name: "the planned step that all before it have led to waits",
    events: [
      { type: "started", plan },
      { type: "step.completed", step: "a" },
    ],
    rows: [
      ["a", "completed", "1:completed"],
      ["b", "waiting", ""],
      ["c", "pending", ""],
    ],
  },
  { name: "a first step waits too", events: [{ type: "started", plan: ["a"] }], rows: [["a", "waiting", ""]] },
  {
    name: "behind a failed step nothing waits",
    events: [{ type: "started", plan }, failed("a", 1, false)],
    rows: [
      ["a", "failed", "1:failed"],
      ["b", "pending", ""],
      ["c", "pending", ""],
    ],
  },
  {
    name: "a step that a later one has overtaken still waits while the saga goes forward",
    events: [
      { type: "started", plan },
      { type: "step.completed", step: "a" },
      { type: "step.started", step: "c" },
    ],
    rows: [
      ["a", "completed", "1:completed"],
      ["b", "waiting", ""],
      ["c", "running", "1:running"],
    ],
  },
  {
    name: "a saga that completed has skipped what it never began",
    events: [{ type: "started", plan }, { type: "step.completed", step: "a" }, { type: "completed" }],
    rows: [
      ["a", "completed", "1:completed"],
      ["b", "skipped", ""],
      ["c", "skipped", ""],
    ],
  },
  {
    name: "what an undone saga passed over is skipped, what it never came to is left out",
    events: [
      { type: "started", plan: ["a", "b", "c", "d"] },
      { type: "step.completed", step: "a" },
      failed("c", 1, false),
      undo("completed", "a"),
      { type: "compensated" },
    ],
    rows: [
      ["a", "compensated", "1:completed", "undo-a", "1:completed"],
      ["b", "skipped", ""],
      ["c", "failed", "1:failed"],
    ],
  },
  {
    name: "what is planned is not pending once the saga turns back",
    events: [
      { type: "started", plan },
      { type: "step.completed", step: "a" },
      failed("b", 1, false),
      undo("started", "a"),
    ],
    rows: [
      ["a", "compensating", "1:completed", "undo-a", "1:running"],
      ["b", "failed", "1:failed"],
    ],
  },
  {
    name: "a retryable failure is retrying while the saga goes forward",
    events: [failed("a", 1, true)],
    rows: [["a", "retrying", "1:failed"]],
  },
  {
    name: "a second attempt is retrying, and then completed",
    events: [failed("a", 1, true), { type: "step.started", step: "a", attempt: 2 }],
    rows: [["a", "retrying", "1:failed 2:running"]],
  },
  {
    name: "an attempt that fell silent is over once the next begins",
    events: [
      { type: "step.started", step: "a", attempt: 1 },
      { type: "step.started", step: "a", attempt: 2 },
    ],
    rows: [["a", "retrying", "1:failed 2:running"]],
  },
  {
    name: "steps come in the plan's order, others as they were seen",
    events: [
      { type: "step.completed", step: "y" },
      { type: "step.completed", step: "b" },
      { type: "step.completed", step: "a" },
      { type: "started", plan },
      { type: "completed" },
    ],
    rows: [
      ["a", "completed", "1:completed"],
      ["b", "completed", "1:completed"],
      ["c", "skipped", ""],
      ["y", "completed", "1:completed"],
    ],
  },
  {
    name: "a compensation that was tried again",
    events: [{ type: "step.completed", step: "a" }, undo("failed", "a"), undo("completed", "a", 2)],
    rows: [["a", "compensated", "1:completed", "undo-a", "1:failed 2:completed"]],
  },
  {
    name: "a compensation that gave up",
    events: [{ type: "step.completed", step: "a" }, undo("failed", "a"), { type: "failed" }],
    rows: [["a", "failed", "1:completed", "undo-a", "1:failed"]],
  },
  {
    name: "a compensation of what was never heard of",
    events: [undo("completed", "ghost")],
    rows: [["ghost", "compensated", "", "undo-ghost", "1:completed"]],
  },
] as { name: string; events: CaseEvent[]; rows: string[][] }[]) {
  test(`timeline: ${name}`, () => assert.deepEqual(drawn(events), rows));
}

test("an attempt keeps its nanoseconds, service and trace", () => {
  const [started, ended] = rowsOf({
    events: [
      { type: "step.started", step: "a" },
      { type: "step.completed", step: "a" },
    ],
  });
  assert.ok(started && ended);
  const [step] = timelineOf([
    { ...started, time: "2026-06-01T12:00:00.000250000Z", traceId: "t1", source: "/services/orders" },
    { ...ended, time: "2026-06-01T12:00:01.5Z", traceId: "t2", source: "/services/orders", serviceVersion: "v2" },
  ]);
  assert.deepEqual(step?.attempts, [
    {
      attempt: 1,
      startedAtMs: Date.UTC(2026, 5, 1, 12) + 0.25,
      endedAtMs: Date.UTC(2026, 5, 1, 12) + 1500,
      outcome: "completed",
      service: "orders",
      serviceVersion: "v2",
      traceId: "t1",
      error: null,
    },
  ]);
});
