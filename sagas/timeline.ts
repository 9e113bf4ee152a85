import type { Attempt, SagaEventRow, SagaState, Step, StepState } from "#contracts/api/saga.ts";
import { distinctEvents, timeToMs } from "./distinct-events.ts";
import { isOpen, stateOf } from "./state.ts";

/**
 * The rows of a saga's timeline: one a step, in the plan's order and then as first seen, with every attempt and with
 * the compensation that undoes it. Planned steps without an event are pending while the saga goes forward, and left
 * out once it does not.
 */
export function timelineOf(events: readonly SagaEventRow[]): Step[] {
  const history = distinctEvents(events);
  const state = stateOf(history);
  const planned = state === "running" ? planOf(history) : [];
  const forward = groupBy(
    history.filter((event) => event.type.startsWith("saga.step.")),
    (event) => event.step,
  );
  const undoing = groupBy(
    history.filter((event) => event.type.startsWith("saga.compensation.")),
    (event) => event.compensates,
  );
  return orderOf({ history, planned }).map((name) => {
    const attempts = attemptsOf(forward.get(name) ?? []);
    const undo = undoing.get(name);
    const compensation = undo ? { name: undo[0]?.step ?? "", attempts: attemptsOf(undo) } : null;
    return { name, state: stepState({ attempts, compensation, saga: state }), attempts, compensation };
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

function orderOf({ history, planned }: { history: readonly SagaEventRow[]; planned: readonly string[] }): string[] {
  const seen = new Set<string>();
  for (const event of history) {
    const name = event.type.startsWith("saga.compensation.") ? event.compensates : event.step;
    if (name !== "") seen.add(name);
  }
  const inPlan = planOf(history).filter((name) => seen.has(name) || planned.includes(name));
  return [...new Set([...inPlan, ...seen])];
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
    service: (spoke?.source ?? "").replace(/^\/services\//, ""),
    serviceVersion: spoke?.serviceVersion ?? "",
    traceId: started?.traceId || spoke?.traceId || "",
    error: ended?.type.endsWith(".failed") ? ended.error : null,
  };
}

interface Row {
  attempts: readonly Attempt[];
  compensation: Step["compensation"];
  saga: SagaState;
}

function stepState({ attempts, compensation, saga }: Row): StepState {
  if (compensation) {
    if (compensation.attempts.some((attempt) => attempt.outcome === "completed")) return "compensated";
    const gaveUp = !isOpen(saga) && compensation.attempts.at(-1)?.outcome === "failed";
    return gaveUp ? "failed" : "compensating";
  }
  const last = attempts.at(-1);
  if (!last) return "pending";
  if (attempts.some((attempt) => attempt.outcome === "completed")) return "completed";
  if (last.outcome === "running") return attempts.length > 1 || last.attempt > 1 ? "retrying" : "running";
  return saga === "running" && last.error?.retryable ? "retrying" : "failed";
}

function groupBy<Item, Key>(items: readonly Item[], key: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
