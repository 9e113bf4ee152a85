import type { AuditedRule, Breach, BreachRule, SagaEventRow } from "#contracts/api/saga.ts";
import { breachRules } from "#contracts/words.ts";
import { distinctEvents } from "./distinct-events.ts";
import { isEnd } from "./state.ts";
import { planOf } from "./timeline.ts";
import { namesOf } from "./verdicts.ts";

/** Every consistency rule with what a saga's events say of it, of which `breachesOf` has told the broken ones. */
export function auditOf(events: readonly SagaEventRow[], breaches: readonly Breach[]): AuditedRule[] {
  const history = distinctEvents(events);
  return breachRules.map((rule) => {
    const broken = breaches.filter((breach) => breach.rule === rule).map(({ evidence }) => evidence);
    if (broken.length > 0) return { rule, verdict: "broken", evidence: broken.join(" ") };
    const { holds, waits } = words[rule](history);
    return waits === undefined
      ? { rule, verdict: "kept", evidence: holds }
      : { rule, verdict: "not_applicable", evidence: waits };
  });
}

/** What to say of a rule that is not broken: that it holds, or why there is nothing yet that could break it. */
interface Unbroken {
  readonly holds: string;
  readonly waits: string | undefined;
}

const words: Readonly<Record<BreachRule, (history: readonly SagaEventRow[]) => Unbroken>> = {
  two_ends: (history) => ({ holds: "It ended in one way.", waits: unlessEnded(history) }),
  never_compensated: (history) => ({
    holds: "Every step that completed was undone.",
    waits: unless(history, "saga.compensated", "It does not say that it was undone."),
  }),
  compensated_without_effect: (history) => ({
    holds: "Everything that was undone had been done.",
    waits: unlessEnded(history) ?? unless(history, "saga.compensation.completed", "Nothing was undone."),
  }),
  effect_twice: (history) => ({
    holds: "No step completed twice.",
    waits: unless(history, "saga.step.completed", "No step has completed."),
  }),
  event_after_end: (history) => ({ holds: "No step spoke after the end.", waits: unlessEnded(history) }),
  out_of_order: (history) => {
    const planned = new Set(planOf(history));
    const done = namesOf(history, "saga.step.completed", "step").filter((step) => planned.has(step));
    return {
      holds: "The steps completed in the order of the plan.",
      waits: done.length < 2 ? "Fewer than two planned steps have completed." : undefined,
    };
  },
  undone_out_of_order: (history) => {
    const done = new Set(namesOf(history, "saga.step.completed", "step"));
    const undone = namesOf(history, "saga.compensation.completed", "compensates").filter((step) => done.has(step));
    const waits = history.some(({ undoOrder }) => undoOrder === "reverse")
      ? undone.length < 2 && "Fewer than two steps that were done have been undone."
      : "Its definition does not say in which order to undo.";
    return { holds: "The steps were undone in the reverse order.", waits: waits || undefined };
  },
  missing_event: (history) => ({ holds: "What it says leaves no hole.", waits: unlessEnded(history) }),
};

const unlessEnded = (history: readonly SagaEventRow[]) =>
  history.some(({ type }) => isEnd(type)) ? undefined : "It has not ended.";

const unless = (history: readonly SagaEventRow[], wanted: string, otherwise: string) =>
  history.some(({ type }) => type === wanted) ? undefined : otherwise;
