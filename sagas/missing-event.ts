import type { Breach, SagaEventRow } from "#contracts/api/saga.ts";
import { isEnd } from "./state.ts";
import { planOf } from "./timeline.ts";

/**
 * What an ended saga's events leave out: an attempt before one that they tell of, and, where the saga completed, the
 * completion of a step that its plan names. Where events declare different plans it is not known which holds.
 */
export function missingEvent(history: readonly SagaEventRow[]): Breach[] {
  const ends = new Set(history.map((event) => event.type).filter(isEnd));
  if (ends.size === 0) return [];
  const completedOnly = ends.size === 1 && ends.has("saga.completed");
  return [...missingAttempts(history), ...(completedOnly ? missingSteps(history) : [])];
}

function missingAttempts(history: readonly SagaEventRow[]): Breach[] {
  const told = new Map<string, { name: string; step: string; attempts: Set<number> }>();
  for (const { step, compensates, attempt } of history) {
    if (step === "") continue;
    const key = compensates === "" ? `step ${step}` : `undo ${compensates}`;
    const known = told.get(key) ?? { name: step, step: compensates || step, attempts: new Set() };
    known.attempts.add(attempt);
    told.set(key, known);
  }
  return [...told.values()].flatMap(({ name, step, attempts }) => {
    const gaps = gapsOf([...attempts].sort((a, b) => a - b));
    if (gaps.length === 0) return [];
    const evidence = `${name} was tried ${Math.max(...attempts)} times, but no event tells of ${gaps.join(", ")}.`;
    return [{ rule: "missing_event" as const, step, evidence }];
  });
}

/** `attempt 1`, `attempts 3 to 5`: what lies between sorted numbers, counted from 1. */
function gapsOf(numbers: readonly number[]): string[] {
  return numbers.flatMap((number, index) => {
    const from = (numbers[index - 1] ?? 0) + 1;
    if (number <= from) return [];
    return [number - from === 1 ? `attempt ${from}` : `attempts ${from} to ${number - 1}`];
  });
}

function missingSteps(history: readonly SagaEventRow[]): Breach[] {
  const plans = new Set(history.filter((event) => event.plan.length > 0).map((event) => JSON.stringify(event.plan)));
  if (plans.size !== 1) return [];
  const done = new Set(history.filter((event) => event.type === "saga.step.completed").map((event) => event.step));
  return [...new Set(planOf(history))]
    .filter((step) => !done.has(step))
    .map((step) => ({
      rule: "missing_event",
      step,
      evidence: `The saga completed and its plan names ${step}, but no event says that ${step} did.`,
    }));
}
