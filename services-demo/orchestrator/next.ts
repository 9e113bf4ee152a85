import type { SagaError } from "#contracts/saga-event.ts";
import { type CompensationName, compensationOf, pivot, plan, type StepName } from "#services-demo/domain/plan.ts";

/**
 * Where a saga stands. `at` is the position in the plan of the step asked for, or of the step being undone; `sends` counts how
 * often the request under way has been sent.
 */
export type SagaState =
  | { readonly phase: "running"; readonly at: number; readonly sends: number }
  | { readonly phase: "undoing"; readonly at: number; readonly sends: number; readonly error: SagaError }
  | { readonly phase: "completed" }
  | { readonly phase: "compensated"; readonly error: SagaError }
  | { readonly phase: "failed"; readonly error: SagaError };

export type SagaInput =
  | {
      readonly kind: "reply";
      readonly name: StepName | CompensationName;
      readonly outcome: "done" | "failed" | "skipped";
      readonly error?: SagaError | undefined;
    }
  | { readonly kind: "timeout" };

export interface Decision {
  readonly state: SagaState;
  /** The step or compensation to ask for now. */
  readonly ask?: StepName | CompensationName;
}

/** A step asked for this often without an answer is given up and undone, unless it is past undoing. */
export const mostSends = 6;

const pivotAt = plan.indexOf(pivot);
const noAnswer: SagaError = { code: "no_answer", message: "The service did not answer in time", retryable: true };
const unexplained: SagaError = { code: "unknown", message: "The service gave no reason", retryable: false };

/** How every order begins here: it has been created, so the step after that is asked for. */
export const begin: Decision = { state: { phase: "running", at: 1, sends: 1 }, ask: planned(1) };

/**
 * What follows from an answer or from its absence. Total and pure: an answer to something else (late, repeated, out of order)
 * changes nothing.
 */
export function next(state: SagaState, input: SagaInput): Decision {
  switch (state.phase) {
    case "running":
      return input.kind === "timeout" ? unanswered(state) : answered(state, input);
    case "undoing":
      return undoing(state, input);
    case "completed":
    case "compensated":
    case "failed":
      return { state };
  }
}

function unanswered(state: SagaState & { phase: "running" }): Decision {
  // Nobody knows whether the step took effect. From the pivot on it may not be undone, so it is asked for until it answers.
  if (state.sends < mostSends || state.at >= pivotAt)
    return { state: { ...state, sends: state.sends + 1 }, ask: planned(state.at) };
  return undoFrom(state.at, noAnswer);
}

function answered(state: SagaState & { phase: "running" }, reply: SagaInput & { kind: "reply" }): Decision {
  if (reply.name !== plan[state.at]) return { state };
  if (reply.outcome === "done") {
    const at = state.at + 1;
    return at < plan.length
      ? { state: { phase: "running", at, sends: 1 }, ask: planned(at) }
      : { state: { phase: "completed" } };
  }
  // Beyond the pivot a failure is no answer: the time-out asks again.
  if (state.at > pivotAt) return { state };
  return undoFrom(state.at - 1, reply.error ?? unexplained);
}

function undoing(state: SagaState & { phase: "undoing" }, input: SagaInput): Decision {
  const compensation = undoOf(state.at);
  if (input.kind === "timeout") return { state: { ...state, sends: state.sends + 1 }, ask: compensation };
  if (input.name !== compensation) return { state };
  if (input.outcome === "failed") return { state: { phase: "failed", error: input.error ?? unexplained } };
  return undoFrom(state.at - 1, state.error);
}

function undoFrom(at: number, error: SagaError): Decision {
  if (at < 0) return { state: { phase: "compensated", error } };
  return { state: { phase: "undoing", at, sends: 1, error }, ask: undoOf(at) };
}

function planned(at: number): StepName {
  const step = plan[at];
  if (!step) throw new RangeError(`The plan has no step ${at}`);
  return step;
}

function undoOf(at: number): CompensationName {
  const step = planned(at);
  if (!(step in compensationOf)) throw new RangeError(`Nothing undoes ${step}`);
  return compensationOf[step as keyof typeof compensationOf];
}
