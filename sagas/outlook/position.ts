import type { SagaEventRow } from "#contracts/api/saga.ts";
import { type Node, nodeOf } from "#sagas/definition/node.ts";
import { compareText } from "#sagas/distinct-events.ts";
import { beginOf, type Execution, type History } from "#sagas/history.ts";

/** Tries beyond this one are in the same position. */
const lastAttempt = 5;

/**
 * Where a saga stands, as text: the kind of its last event, with its step and attempt where it has one, as in `started` or
 * `step.failed charge-payment 2`. The column `last_position` of `sagas` holds a hash of the same parts.
 */
export function positionOf({ type, step, attempt }: Pick<SagaEventRow, "type" | "step" | "attempt">): string {
  return positionText(type.replace("saga.", ""), step, attempt);
}

function positionText(kind: string, step: string, attempt: number): string {
  return step === "" ? kind : `${kind} ${step} ${Math.min(attempt, lastAttempt)}`;
}

/** The parts of a position; of one without a step its attempt is 0. */
export function readPosition(position: string): { eventType: string; step: string; attempt: number } {
  const [first, last] = [position.indexOf(" "), position.lastIndexOf(" ")];
  if (first < 0) return { eventType: `saga.${position}`, step: "", attempt: 0 };
  const step = position.slice(first + 1, Math.max(first + 1, last));
  return { eventType: `saga.${position.slice(0, first)}`, step, attempt: Number(position.slice(last + 1)) };
}

/** The position that a saga's events end in, and since when (RFC 3339); of several at once the greatest text. */
export function lastPosition(events: readonly SagaEventRow[]): { position: string; time: string } | undefined {
  return events
    .map((event) => ({ position: positionOf(event), time: event.time }))
    .reduce<{ position: string; time: string } | undefined>((best, one) => {
      if (!best) return one;
      return (compareText(one.time, best.time) || compareText(one.position, best.position)) > 0 ? one : best;
    }, undefined);
}

/** A moment at which a saga came into a position. */
export interface Moment {
  readonly position: string;
  readonly atMs: number;
  /** Where something began. */
  readonly begins: Node | null;
}

/** Every position that a saga went through, in order; what was told after its end is left out. */
export function momentsOf({ startedMs, end, executions }: History): Moment[] {
  const start: Moment = { position: "started", atMs: startedMs, begins: null };
  const own = executions.flatMap(momentsOfTry).sort((a, b) => a.atMs - b.atMs || compareText(a.position, b.position));
  if (!end) return [start, ...own];
  const ended: Moment = { position: end.kind, atMs: end.atMs, begins: `end ${end.kind}` };
  return [start, ...own.filter(({ atMs }) => atMs <= end.atMs), ended];
}

function momentsOfTry(execution: Execution): Moment[] {
  const { name, compensates, attempt, startedMs, endedMs, outcome } = execution;
  const kind = compensates === "" ? "step" : "compensation";
  const moments: Moment[] = [];
  if (startedMs !== null)
    moments.push({ position: positionText(`${kind}.started`, name, attempt), atMs: startedMs, begins: null });
  if (endedMs !== null)
    moments.push({ position: positionText(`${kind}.${outcome}`, name, attempt), atMs: endedMs, begins: null });
  const node = nodeOf(execution);
  return moments.map((moment, index) => (index === 0 ? { ...moment, atMs: beginOf(execution), begins: node } : moment));
}
