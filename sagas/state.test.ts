import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { breachRules } from "#contracts/words.ts";
import { auditOf } from "./audit.ts";
import { historyCases, rowsOf } from "./history-cases.ts";
import { Limits } from "./outlook/limits.ts";
import { residualsOf } from "./residuals.ts";
import { stateOf } from "./state.ts";
import { summaryOf } from "./summary.ts";
import { timelineOf } from "./timeline.ts";
import { breachesOf } from "./verdicts.ts";

for (const one of historyCases) test(`state: ${one.name}`, () => assert.equal(stateOf(rowsOf(one)), one.state));

for (const one of historyCases) {
  test(`rules: ${one.name}`, () => {
    assert.deepEqual(
      breachesOf(rowsOf(one)).map((breach) => breach.rule),
      one.rules ?? [],
    );
  });
}

for (const one of historyCases) {
  test(`audit: ${one.name}`, () => {
    const audit = auditOf(rowsOf(one), breachesOf(rowsOf(one)));
    assert.deepEqual(
      audit.map(({ rule }) => rule),
      breachRules,
    );
    const broken = audit.filter(({ verdict }) => verdict === "broken").map(({ rule }) => rule);
    assert.deepEqual(new Set(broken), new Set(one.rules ?? []));
    for (const { evidence } of audit) assert.match(evidence, /^[A-Za-z].+\.$/);
  });
}

for (const one of historyCases) {
  test(`residuals: ${one.name}`, () => {
    assert.deepEqual(
      residualsOf(rowsOf(one), { overdue: false }).map(({ step }) => step),
      one.residuals ?? [],
    );
  });
}

test("order of arrival and repetition change nothing", () => {
  const anyCase = fc.constantFrom(...historyCases);
  const saga = { id: "s" as never, type: "t", version: "1", subject: "", startedAt: "2026-06-01T12:00:00.000Z" };
  const meaning = (events: ReturnType<typeof rowsOf>) => {
    const breaches = breachesOf(events);
    return {
      summary: summaryOf(saga, { events, breaches, nowMs: 0, limits: Limits.none }),
      steps: timelineOf(events),
      breaches,
    };
  };
  fc.assert(
    fc.property(anyCase, anyCase, fc.infiniteStream(fc.nat()), (one, other, chance) => {
      const events = [...rowsOf(one, { id: "one" }), ...rowsOf(other, { id: "other" })];
      const arrived = events.flatMap((event) => ((chance.next().value ?? 0) % 3 === 0 ? [event, event] : [event]));
      const ranks = new Map(arrived.map((_, index) => [index, chance.next().value ?? 0]));
      const shuffled = arrived
        .map((event, index) => ({ event, rank: ranks.get(index) ?? 0 }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ event }) => event);
      assert.deepEqual(meaning(shuffled), meaning(events));
    }),
    { numRuns: 300 },
  );
});
