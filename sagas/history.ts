import type { SagaEventRow } from "#contracts/api/saga.ts";
import { distinctEvents, timeToMs, wholeMs } from "./distinct-events.ts";
import { isEnd } from "./state.ts";

/** How a saga ended. */
export const ends = ["completed", "compensated", "failed"] as const;
export type End = (typeof ends)[number];

/**
 * One try of a step or of a compensation. Times in ms since the epoch, with fractions; ids are names of events that are
 * only compared with each other, and empty where there is none.
 */
export interface Execution {
  readonly name: string;
  /** The step that it undoes; empty of a step. */
  readonly compensates: string;
  readonly attempt: number;
  readonly startedMs: number | null;
  readonly endedMs: number | null;
  readonly outcome: "open" | "completed" | "failed";
  readonly startId: string;
  readonly endId: string;
  /** The event that caused it. */
  readonly cause: string;
}

/** What definitions and outlooks are learned from: a saga's events, folded to its executions. */
export interface History {
  readonly id: string;
  readonly startedMs: number;
  readonly startId: string;
  readonly end: { readonly kind: End; readonly atMs: number; readonly cause: string } | null;
  readonly executions: readonly Execution[];
}

/** What of an event tells a history. */
export type Told = Pick<SagaEventRow, "id" | "type" | "time" | "step" | "attempt" | "compensates" | "causationId">;

/**
 * The history that a saga's events add up to. Of several events that say the same of one try the greatest counts, as in the
 * store's fold (`saga_steps`).
 */
export function historyOf({ id, startedAt }: { id: string; startedAt: string }, events: readonly Told[]): History {
  const history = distinctEvents(events);
  const tries = new Map<string, Told[]>();
  for (const event of history) {
    if (event.step === "") continue;
    const key = JSON.stringify([event.compensates, event.step, event.attempt]);
    const known = tries.get(key);
    if (known) known.push(event);
    else tries.set(key, [event]);
  }
  return {
    id,
    startedMs: Date.parse(startedAt),
    startId: history.findLast((event) => event.type === "saga.started")?.id ?? "",
    end: endOf(history),
    executions: [...tries.values()].flatMap(executionOf),
  };
}

function endOf(history: readonly Told[]): History["end"] {
  const last = history.findLast((event) => isEnd(event.type));
  const kind = ends.findLast((end) => history.some((event) => event.type === `saga.${end}`));
  return last && kind ? { kind, atMs: wholeMs(last.time), cause: last.causationId } : null;
}

function executionOf(events: readonly Told[]): Execution[] {
  const [first] = events;
  if (!first) return [];
  const started = events.findLast((event) => event.type.endsWith(".started"));
  const ended = events.findLast((event) => !event.type.endsWith(".started"));
  const isDone = events.some((event) => event.type.endsWith(".completed"));
  return [
    {
      name: first.step,
      compensates: first.compensates,
      attempt: first.attempt,
      startedMs: started ? timeToMs(started.time) : null,
      endedMs: ended ? timeToMs(ended.time) : null,
      outcome: isDone ? "completed" : ended ? "failed" : "open",
      startId: started?.id ?? "",
      endId: ended?.id ?? "",
      cause: started?.causationId || ended?.causationId || "",
    },
  ];
}

/** When a try was first heard of. */
export function beginOf({ startedMs, endedMs }: Execution): number {
  return startedMs ?? endedMs ?? 0;
}
