import type { Breach, SagaEventRow, SagaState, Verdict } from "#contracts/api/saga.ts";
import { compareText, distinctEvents, timeToMs, wholeMs } from "./distinct-events.ts";
import { groupBy } from "./group-by.ts";
import { missingEvent } from "./missing-event.ts";
import { isEnd, isOpen } from "./state.ts";
import { planOf } from "./timeline.ts";

/** How far the clocks of two services may differ before their order in time counts as a fact, in ms. */
export const clockSkewMs = 250;

/**
 * The consistency rules that a saga's events break, each with its evidence. Nothing that may still come can be
 * missing: rules about what never happened wait for the saga's end.
 * `store/clickhouse/queries/saga-expressions.ts` says in SQL which are broken.
 */
export function breachesOf(events: readonly SagaEventRow[]): Breach[] {
  const history = distinctEvents(events);
  return rules.flatMap((rule) => rule(history));
}

/** The badges on top of a state. `deadline` is ISO 8601, declared or learned; a resolved saga has none: a person has dealt with it. */
export function verdictsOf(
  { state, deadline }: { state: SagaState; deadline: string | null },
  { breaches, nowMs }: { breaches: readonly Breach[]; nowMs: number },
): Verdict[] {
  const found: Verdict[] = [];
  if (isOpen(state) && deadline !== null && nowMs > Date.parse(deadline)) found.push("overdue");
  if (state !== "resolved" && breaches.length > 0) found.push("inconsistent");
  return found;
}

type Rule = (history: readonly SagaEventRow[]) => Breach[];

/** Which steps events of this type name, each once. */
export const namesOf = (history: readonly SagaEventRow[], type: string, name: "step" | "compensates"): string[] => [
  ...new Set(history.filter((event) => event.type === type).map((event) => event[name])),
];

const clock = (time: string) => time.slice(11, 23);

const twoEnds: Rule = (history) => {
  const ends = [...new Set(history.filter((event) => isEnd(event.type)).map((event) => event.type))].sort();
  if (ends.length < 2) return [];
  const words = ends.map((type) => type.replace("saga.", "")).join(" and ");
  return [{ rule: "two_ends", step: null, evidence: `It ended more than once: ${words}.` }];
};

const neverCompensated: Rule = (history) => {
  if (!history.some((event) => event.type === "saga.compensated")) return [];
  const undone = new Set(namesOf(history, "saga.compensation.completed", "compensates"));
  return namesOf(history, "saga.step.completed", "step")
    .filter((step) => !undone.has(step))
    .map((step) => ({
      rule: "never_compensated",
      step,
      evidence: `The saga says it was undone, but ${step} completed and no compensation of it did.`,
    }));
};

const compensatedWithoutEffect: Rule = (history) => {
  if (!history.some((event) => isEnd(event.type))) return [];
  const done = new Set(namesOf(history, "saga.step.completed", "step"));
  return namesOf(history, "saga.compensation.completed", "compensates")
    .filter((step) => !done.has(step))
    .map((step) => ({
      rule: "compensated_without_effect",
      step,
      evidence: `A compensation of ${step} completed, but ${step} itself never did.`,
    }));
};

const effectTwice: Rule = (history) => {
  const counts = groupBy(
    history.filter((event) => event.type === "saga.step.completed"),
    (event) => event.step,
  );
  return [...counts]
    .filter(([, completions]) => completions.length > 1)
    .map(([step, completions]) => ({
      rule: "effect_twice",
      step,
      evidence: `${step} completed ${completions.length} times: ${completions.map((event) => `${event.id} at ${clock(event.time)}`).join(", ")}.`,
    }));
};

const eventAfterEnd: Rule = (history) => {
  const end = history.findLast((event) => isEnd(event.type));
  const last = history.filter((event) => event.step !== "").at(-1);
  if (!end || !last || timeToMs(last.time) <= wholeMs(end.time) + clockSkewMs) return [];
  return [
    {
      rule: "event_after_end",
      step: last.step,
      evidence: `${last.type.replace("saga.", "")} of ${last.step} at ${clock(last.time)} came after the end at ${clock(end.time)}.`,
    },
  ];
};

const outOfOrder: Rule = (history) => {
  const plan = planOf(history);
  if (isInPlansOrder(history, plan)) return [];
  // Reversed, so that of a step planned twice the first place counts.
  const place = new Map(plan.map((step, index) => [step, index] as const).reverse());
  const done = history
    .filter((event) => event.type === "saga.step.completed" && place.has(event.step))
    .map((event) => ({ step: event.step, at: event.time, ms: wholeMs(event.time) }))
    .sort((a, b) => (place.get(a.step) ?? 0) - (place.get(b.step) ?? 0) || compareText(a.at, b.at));
  return done.flatMap((later, index) => {
    const earlier = done[index - 1];
    if (!earlier || later.ms - earlier.ms >= -clockSkewMs) return [];
    const evidence = `${later.step} completed at ${clock(later.at)}, before ${earlier.step} at ${clock(earlier.at)}, which the plan puts first.`;
    return [{ rule: "out_of_order", step: later.step, evidence }];
  });
};

/** Whether what completed is the plan's beginning, as it stands there: a step that is planned twice has both its places then. */
function isInPlansOrder(history: readonly SagaEventRow[], plan: readonly string[]): boolean {
  const done = history
    .filter(({ type }) => type === "saga.step.completed")
    .map(({ step, time }) => ({ step, ms: wholeMs(time) }))
    .sort((a, b) => a.ms - b.ms || compareText(a.step, b.step));
  return done.every(({ step }, index) => step === plan[index]);
}

const undoneOutOfOrder: Rule = (history) => {
  if (!history.some((event) => event.undoOrder === "reverse")) return [];
  const done = firstTimes(history, "saga.step.completed", "step");
  const undone = firstTimes(history, "saga.compensation.completed", "compensates");
  const steps = [...undone]
    .flatMap(([step, undoneMs]) => {
      const doneMs = done.get(step);
      return doneMs === undefined ? [] : [{ step, undoneMs, doneMs }];
    })
    .sort((a, b) => a.undoneMs - b.undoneMs || a.doneMs - b.doneMs);
  return steps.flatMap((early, index) => {
    const late = steps[index + 1];
    if (!late || late.undoneMs - early.undoneMs <= clockSkewMs || late.doneMs - early.doneMs <= clockSkewMs) return [];
    const evidence = `${early.step} was undone at ${clockOf(early.undoneMs)}, before ${late.step} at ${clockOf(late.undoneMs)}, though ${late.step} completed after it and the definition wants the reverse order.`;
    return [{ rule: "undone_out_of_order", step: early.step, evidence }];
  });
};

/** When the first event of this type told of each step, in whole ms. */
function firstTimes(history: readonly SagaEventRow[], type: string, name: "step" | "compensates"): Map<string, number> {
  const times = history
    .filter((event) => event.type === type)
    .map((event) => [event[name], wholeMs(event.time)] as const);
  // Reversed, so that the first counts.
  return new Map(times.reverse());
}

const clockOf = (ms: number) => clock(new Date(ms).toISOString());

/** In the order in which they are told. */
const rules: readonly Rule[] = [
  twoEnds,
  neverCompensated,
  compensatedWithoutEffect,
  effectTwice,
  eventAfterEnd,
  outOfOrder,
  undoneOutOfOrder,
  missingEvent,
];
