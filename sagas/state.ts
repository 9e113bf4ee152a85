import type { SagaEventRow, SagaState } from "#contracts/api/saga.ts";

/** What the state of a saga depends on. */
export type StateFact = Pick<SagaEventRow, "type">;

/**
 * The state that a set of events adds up to. Only which kinds of event are there counts: neither their order nor how
 * often each came. `store/clickhouse/queries/saga-expressions.ts` says the same in SQL.
 */
export function stateOf(events: readonly StateFact[]): SagaState {
  const kinds = new Set(events.map((event) => event.type));
  if (kinds.has("saga.resolved")) return "resolved";
  if (kinds.has("saga.failed")) return "failed";
  if (kinds.has("saga.compensated")) return "compensated";
  if (kinds.has("saga.completed")) return "completed";
  const undoing = [...kinds].some((kind) => kind.startsWith("saga.compensation."));
  return undoing ? "compensating" : "running";
}

/** Whether a saga in this state may still do work. */
export function isOpen(state: SagaState): boolean {
  return state === "running" || state === "compensating";
}

/** Whether events of this type say how the saga's own work ended. */
export function isEnd(type: string): boolean {
  return type === "saga.completed" || type === "saga.compensated" || type === "saga.failed";
}
