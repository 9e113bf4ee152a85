import type { Attempt, SagaEventRow, SagaState, Step, StepState } from "#contracts/api/saga.ts";
import { distinctEvents, timeToMs } from "./distinct-events.ts";
import { groupBy } from "./group-by.ts";
import { isOpen, stateOf } from "./state.ts";

/**
 * The rows of a saga's timeline: one a step, in the plan's order and then as first seen, with every attempt and with
 * the compensation that undoes it. Planned steps without an event are waiting or pending while the saga goes forward.
 * Once it does not, those that it passed over are skipped; those after the point that an undone or failed saga reached
 * are left out, for they tell nothing that the point itself does not.
 */
export function timelineOf(events: readonly SagaEventRow[]): Step[] {
  const history = distinctEvents(events);
  const state = stateOf(history);
  const plan = planOf(history);
  const forward = groupBy(
    history.filter((event) => event.type.startsWith("saga.step.")),
    (event) => event.step,
  );
  const undoing = groupBy(
    history.filter((event) => event.type.startsWith("saga.compensation.")),
    (event) => event.compensates,
  );
  const done = new Set(history.filter((event) => event.type === "saga.step.completed").map((event) => event.step));
  const next = plan.find((name) => !done.has(name));
  return orderOf({ history, plan, state }).map((name) => {
    const attempts = attemptsOf(forward.get(name) ?? []);
    const undo = undoing.get(name);
    const compensation = undo ? { name: undo[0]?.step ?? "", attempts: attemptsOf(undo) } : null;
    return {
      name,
      state: stepState({ attempts, compensation, saga: state, isNext: name === next }),
      attempts,
      compensation,
    };
  });
}

/** The expected steps, as the saga's events declare them: where they differ, the greatest list, as the store keeps it. */
export function planOf(events: readonly SagaEventRow[]): string[] {
  return events.map((event) => event.plan).reduce((best, plan) => (compareLists(plan, best) > 0 ? plan : best), []);
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (const [index, item] of a.entries()) {
    const other = b[index];
    if (other === undefined || item > other) return 1;
    if (item < other) return -1;
  }
  return a.length - b.length;
}

function orderOf({
  history,
  plan,
  state,
}: {
  history: readonly SagaEventRow[];
  plan: readonly string[];
  state: SagaState;
}): string[] {
  const seen = new Set<string>();
  for (const event of history) {
    const name = event.type.startsWith("saga.compensation.") ? event.compensates : event.step;
    if (name !== "") seen.add(name);
  }
  const goesThrough = state === "running" || history.some((event) => event.type === "saga.completed");
  const reached = goesThrough ? plan.length : plan.findLastIndex((name) => seen.has(name)) + 1;
  return [...new Set([...plan.slice(0, reached), ...seen])];
}

function attemptsOf(events: readonly SagaEventRow[]): Attempt[] {
  const numbered = [...groupBy(events, (event) => event.attempt)].sort(([a], [b]) => a - b);
  const attempts = numbered.map(([attempt, own]) => attemptOf(attempt, own));
  return attempts.map((attempt, index) => {
    const next = attempts[index + 1];
    // An attempt that fell silent is over once the next one begins.
    if (attempt.outcome !== "running" || !next) return attempt;
    return { ...attempt, outcome: "failed", endedAtMs: next.startedAtMs ?? next.endedAtMs };
  });
}

function attemptOf(attempt: number, events: readonly SagaEventRow[]): Attempt {
  const ending = (word: string) => events.findLast((event) => event.type.endsWith(word));
  const started = ending(".started");
  const ended = ending(".completed") ?? ending(".failed");
  const spoke = ended ?? started;
  return {
    attempt,
    startedAtMs: started ? timeToMs(started.time) : null,
    endedAtMs: ended ? timeToMs(ended.time) : null,
    outcome: ended ? (ended.type.endsWith(".completed") ? "completed" : "failed") : "running",
    service: serviceOf(spoke?.source ?? ""),
    serviceVersion: spoke?.serviceVersion ?? "",
    traceId: started?.traceId || spoke?.traceId || "",
    error: ended?.type.endsWith(".failed") ? ended.error : null,
  };
}

/** `payments`, of the source `/services/payments`. */
export const serviceOf = (source: string): string => source.replace(/^\/services\//, "");

interface Row {
  attempts: readonly Attempt[];
  compensation: Step["compensation"];
  saga: SagaState;
  /** Whether it is the first of the plan that has not completed. */
  isNext: boolean;
}

function stepState({ attempts, compensation, saga, isNext }: Row): StepState {
  if (compensation) {
    if (compensation.attempts.some((attempt) => attempt.outcome === "completed")) return "compensated";
    const gaveUp = !isOpen(saga) && compensation.attempts.at(-1)?.outcome === "failed";
    return gaveUp ? "failed" : "compensating";
  }
  const last = attempts.at(-1);
  if (!last) return silentState({ saga, isNext });
  if (attempts.some((attempt) => attempt.outcome === "completed")) return "completed";
  if (last.outcome === "running") return attempts.length > 1 || last.attempt > 1 ? "retrying" : "running";
  return saga === "running" && last.error?.retryable ? "retrying" : "failed";
}

/** Of a planned step that no event tells of. */
function silentState({ saga, isNext }: Pick<Row, "saga" | "isNext">): StepState {
  if (saga !== "running") return "skipped";
  return isNext ? "waiting" : "pending";
}
