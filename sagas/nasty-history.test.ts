import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SagaEventRow, SagaSummary } from "#contracts/api/saga.ts";
import { breachRules, sagaStates } from "#contracts/words.ts";
import { type Chance, chanceOf, nastyHistory } from "./nasty-history.ts";
import { Limits } from "./outlook/limits.ts";
import { residualsOf } from "./residuals.ts";
import { sentenceOf } from "./sentence.ts";
import { stateOf } from "./state.ts";
import { summaryOf } from "./summary.ts";
import { timelineOf } from "./timeline.ts";
import { breachesOf } from "./verdicts.ts";

const baseMs = Date.UTC(2026, 5, 1, 12);
const saga = {
  id: "s" as SagaSummary["id"],
  type: "t",
  version: "1",
  subject: "",
  startedAt: new Date(baseMs).toISOString(),
};

/** All that events mean: state, verdicts, rules with their evidence, steps, residuals and the sentence. */
function meaningOf(events: readonly SagaEventRow[]) {
  const nowMs = baseMs + 60_000;
  const breaches = breachesOf(events);
  const summary = summaryOf(saga, { events, breaches, nowMs, limits: Limits.none });
  const steps = timelineOf(events);
  const residuals = residualsOf(events, { overdue: summary.verdicts.includes("overdue") });
  return { summary, steps, breaches, residuals, sentence: sentenceOf({ ...summary, steps, breaches }, { nowMs }) };
}

/** The events in any order, some of them more than once. */
function arrived(events: readonly SagaEventRow[], chance: Chance): SagaEventRow[] {
  return events
    .flatMap((event) => Array.from({ length: chance() < 0.3 ? 1 + Math.floor(chance() * 3) : 1 }, () => event))
    .map((event) => ({ event, rank: chance() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ event }) => event);
}

test("of thousands of histories every order of arrival and every duplicate has one meaning", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (seed, order) => {
      const events = nastyHistory(chanceOf(seed), { id: "saga", baseMs });
      fc.pre(events.length > 0);
      assert.deepEqual(meaningOf(arrived(events, chanceOf(order))), meaningOf(events));
    }),
    { numRuns: 4000 },
  );
});

test("they come to every state and break every rule, and many break none", () => {
  const histories = Array.from({ length: 4000 }, (_, seed) => nastyHistory(chanceOf(seed), { id: "saga", baseMs }));
  const meanings = histories.filter((events) => events.length > 0).map(meaningOf);
  for (const state of sagaStates)
    assert.ok(meanings.filter(({ summary }) => summary.state === state).length >= 100, state);
  for (const rule of breachRules)
    assert.ok(meanings.filter(({ summary }) => summary.rules.includes(rule)).length >= 100, rule);
  assert.ok(meanings.filter(({ breaches }) => breaches.length === 0).length >= 1000);
  const held = meanings.filter(({ residuals }) => residuals.length > 0);
  assert.ok(held.length >= 400);
  assert.ok(held.some(({ summary }) => summary.state === "compensating"));
});

test("what is residual is what completed and was not undone, and nothing of a saga that ended well", () => {
  for (let seed = 0; seed < 2000; seed++) {
    const events = nastyHistory(chanceOf(seed), { id: "saga", baseMs });
    const of = (type: string, name: "step" | "compensates") =>
      new Set(events.filter((event) => event.type === type).map((event) => event[name]));
    const undone = of("saga.compensation.completed", "compensates");
    const left = [...of("saga.step.completed", "step")].filter((step) => !undone.has(step)).sort();
    for (const overdue of [false, true]) {
      const state = stateOf(events);
      const counts = ["failed", "compensated", ...(overdue ? ["compensating"] : [])].includes(state);
      const found = residualsOf(events, { overdue }).map(({ step }) => step);
      assert.deepEqual(found.sort(), counts ? left : [], `seed ${seed}`);
    }
  }
});
