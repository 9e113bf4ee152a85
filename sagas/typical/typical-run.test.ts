import assert from "node:assert/strict";
import { test } from "node:test";
import type { Move } from "#contracts/api/compare.ts";
import { medoidOf, type Run, usualSteps } from "./typical-run.ts";

const move = (step: string, durationMs: number | null): Move => ({
  step,
  compensates: "",
  attempt: 1,
  outcome: "completed",
  atMs: 0,
  durationMs,
  errorCode: "",
});
const run = (id: string, ...durations: number[]): Run => ({
  id,
  moves: durations.map((duration, index) => move(`step-${index}`, duration)),
});

test("the typical run is the one in the middle, and it happened", () => {
  assert.equal(
    medoidOf([run("slow", 900, 900), run("usual", 100, 110), run("fast", 40, 40), run("long", 100, 100, 5)])?.id,
    "usual",
  );
  assert.equal(medoidOf([run("only", 1)])?.id, "only");
  assert.equal(medoidOf([run("b", 5), run("a", 5)])?.id, "a");
  assert.equal(medoidOf([]), undefined);
});

test("how steps usually go", () => {
  const runs = [
    run("a", 10, 100),
    run("b", 20, 200),
    run("c", 30),
    { id: "d", moves: [move("step-0", null), move("step-0", 40)] },
  ];
  assert.deepEqual(usualSteps(runs), [
    { step: "step-0", compensates: "", share: 1, p50Ms: 30, p95Ms: 40 },
    { step: "step-1", compensates: "", share: 0.5, p50Ms: 200, p95Ms: 200 },
  ]);
});
