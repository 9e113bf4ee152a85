import assert from "node:assert/strict";
import { test } from "node:test";
import { afterAttempt } from "./after-attempt.ts";
import type { Posted } from "./post.ts";

const nowMs = 1_000_000;
const answered = (status: number, retryAfterMs: number | null = null): Posted => ({
  kind: "answered",
  status,
  retryAfterMs,
});

for (const { name, posted, failures, outcome, nextMs } of [
  { name: "204", posted: answered(204), failures: 3, outcome: "delivered", nextMs: null },
  { name: "500", posted: answered(500), failures: 0, outcome: "retry", nextMs: nowMs + 5_000 },
  { name: "a second 500", posted: answered(500), failures: 1, outcome: "retry", nextMs: nowMs + 300_000 },
  { name: "the tenth 500", posted: answered(500), failures: 9, outcome: "given up", nextMs: null },
  {
    name: "400, which a repaired receiver may take",
    posted: answered(400),
    failures: 0,
    outcome: "retry",
    nextMs: nowMs + 5_000,
  },
  { name: "301", posted: answered(301), failures: 0, outcome: "retry", nextMs: nowMs + 5_000 },
  {
    name: "429 with Retry-After",
    posted: answered(429, 60_000),
    failures: 0,
    outcome: "retry",
    nextMs: nowMs + 60_000,
  },
  { name: "410", posted: answered(410), failures: 0, outcome: "gone", nextMs: null },
  {
    name: "no answer",
    posted: { kind: "unanswered", error: "ECONNREFUSED" },
    failures: 0,
    outcome: "retry",
    nextMs: nowMs + 5_000,
  },
  { name: "stopped by ourselves", posted: { kind: "stopped" }, failures: 2, outcome: "stopped", nextMs: nowMs },
] satisfies { name: string; posted: Posted; failures: number; outcome: string; nextMs: number | null }[])
  test(`${name}: ${outcome}`, () => {
    const after = afterAttempt(posted, { failures, nowMs, chance: 0 });
    assert.equal(after.outcome, outcome);
    assert.equal(after.standing.nextAttemptMs, nextMs);
  });

test("being stopped by ourselves is no failure", () => {
  assert.equal(afterAttempt({ kind: "stopped" }, { failures: 2, nowMs, chance: 0 }).standing.failures, 2);
});
