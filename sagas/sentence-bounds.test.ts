import assert from "node:assert/strict";
import { test } from "node:test";
import type { Attempt, Step } from "#contracts/api/saga.ts";
import { type SentenceFacts, sentenceOf } from "./sentence.ts";

const atMs = Date.UTC(2026, 10, 23, 12, 4, 5);
const attempt = (outcome: Attempt["outcome"], number = 1): Attempt => ({
  attempt: number,
  startedAtMs: atMs,
  endedAtMs: atMs + 1000,
  outcome,
  service: "ledger",
  serviceVersion: "1",
  traceId: "",
  error: outcome === "failed" ? { code: "ledger_busy", message: "", retryable: true } : null,
});
const step = (name: string, state: Step["state"], attempts: Attempt[]): Step => ({
  name,
  state,
  attempts,
  compensation: null,
});
const many = <T>(make: (index: number) => T): T[] => Array.from({ length: 400 }, (_, index) => make(index));

const saga = (state: SentenceFacts["state"], steps: Step[]): SentenceFacts => ({
  state,
  verdicts: [],
  steps,
  breaches: [],
  labels: { amount: "99.99 EUR" },
  error: null,
  startedAt: new Date(atMs).toISOString(),
  endedAt: new Date(atMs + 8300).toISOString(),
  deadline: null,
  lastEventAt: new Date(atMs + 8300).toISOString(),
});

test("of hundreds of steps that were never undone the sentence names three, money first, and counts the rest", () => {
  const posted = many((index) => step(`post-${index}`, "completed", [attempt("completed")]));
  const text = sentenceOf(saga("failed", [...posted, step("charge-payment", "completed", [attempt("completed")])]), {
    nowMs: atMs,
  });
  assert.match(text, /Payment charged 12:04:06, never undone: 99\.99 EUR still held\./);
  assert.match(text, /398 more steps never undone\./);
  assert.ok(text.length < 400, text);
});

test("of hundreds of retried steps it names three and counts the rest", () => {
  const steps = many((index) => step(`post-${index}`, "completed", [attempt("failed"), attempt("completed", 2)]));
  assert.equal(
    sentenceOf(saga("completed", steps), { nowMs: atMs }),
    "Completed in 8.3 s: 400 steps; post-0 took 2 attempts (ledger_busy), post-1 took 2 attempts (ledger_busy), " +
      "post-2 took 2 attempts (ledger_busy) and 397 more steps retried.",
  );
});

test("of hundreds of undone steps it names three and counts the rest", () => {
  const steps = many((index) => ({
    ...step(`post-${index}`, "compensated", [attempt("completed")]),
    compensation: { name: `reverse-${index}`, attempts: [attempt("completed")] },
  }));
  assert.match(sentenceOf(saga("compensated", steps), { nowMs: atMs }), /, 397 more undone\. Nothing is left held\.$/);
});
