import assert from "node:assert/strict";
import { test } from "node:test";
import { breachRules } from "#contracts/words.ts";
import { auditOf } from "./audit.ts";
import { type CaseEvent, rowsOf } from "./history-cases.ts";
import { breachesOf } from "./verdicts.ts";

const did = (step: string): CaseEvent => ({ type: "step.completed", step });
const undid = (step: string): CaseEvent => ({
  type: "compensation.completed",
  step: `undo-${step}`,
  compensates: step,
});
const audited = (events: readonly CaseEvent[]) => {
  const rows = rowsOf({ events });
  return auditOf(rows, breachesOf(rows));
};
const started: CaseEvent = { type: "started", plan: ["a", "b"], undoOrder: "reverse" };

for (const { name, events, kept, broken } of [
  { name: "nothing applies to a saga that has only begun", events: [started], kept: [], broken: [] },
  { name: "one step done cannot be out of order", events: [started, did("a")], kept: ["effect_twice"], broken: [] },
  {
    name: "one that completed has nothing to undo",
    events: [started, did("a"), did("b"), { type: "completed" }],
    kept: ["two_ends", "effect_twice", "event_after_end", "out_of_order", "missing_event"],
    broken: [],
  },
  {
    name: "all rules apply to one that was undone",
    events: [started, did("a"), did("b"), undid("b"), undid("a"), { type: "compensated" }],
    kept: breachRules,
    broken: [],
  },
  {
    name: "a lost compensation",
    events: [started, did("a"), did("b"), undid("b"), { type: "compensated" }],
    kept: [
      "two_ends",
      "compensated_without_effect",
      "effect_twice",
      "event_after_end",
      "out_of_order",
      "missing_event",
    ],
    broken: ["never_compensated"],
  },
])
  test(`audit: ${name}`, () => {
    const audit = audited(events);
    const of = (wanted: string) => audit.filter(({ verdict }) => verdict === wanted).map(({ rule }) => rule);
    assert.deepEqual([of("kept"), of("broken")], [kept, broken]);
  });

test("a broken rule says all that breaks it", () => {
  const audit = audited([did("a"), did("b"), { type: "compensated" }]);
  const { evidence } = audit.find(({ rule }) => rule === "never_compensated") ?? {};
  assert.equal(
    evidence,
    "The saga says it was undone, but a completed and no compensation of it did. The saga says it was undone, but b completed and no compensation of it did.",
  );
});
