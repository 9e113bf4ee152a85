import type { Breach, SagaEventRow, SagaState } from "#contracts/api/saga.ts";

/** An event of a named case: its type without `saga.`, then its step, what it compensates, and options. */
export interface CaseEvent {
  readonly type: string;
  readonly step?: string;
  readonly compensates?: string;
  readonly attempt?: number;
  /** ms after the saga's start; by default 1000 × its place. */
  readonly atMs?: number;
  readonly error?: { code: string; message: string; retryable: boolean };
  readonly plan?: string[];
  readonly undoOrder?: "reverse";
  readonly deadline?: string;
  readonly labels?: Record<string, string>;
}

export interface HistoryCase {
  readonly name: string;
  readonly events: readonly CaseEvent[];
  readonly state: SagaState;
  readonly rules?: readonly Breach["rule"][];
  /** Steps that are left done though they should be undone, while nothing is overdue. */
  readonly residuals?: readonly string[];
}

const did = (step: string, atMs?: number): CaseEvent => ({ type: "step.completed", step, ...(atMs ? { atMs } : {}) });
const undo = (word: string, step: string, more: Partial<CaseEvent> = {}): CaseEvent => ({
  type: `compensation.${word}`,
  step: `undo-${step}`,
  compensates: step,
  ...more,
});
const undid = (step: string, atMs?: number): CaseEvent => undo("completed", step, atMs ? { atMs } : {});
const attempt = (word: string, step: string, number: number): CaseEvent => ({
  type: `step.${word}`,
  step,
  attempt: number,
});
const end = (word: string): CaseEvent => ({ type: word });
const plan = ["a", "b", "c"];
const reverse: CaseEvent = { type: "started", undoOrder: "reverse" };
const did2 = [did("a"), did("b")];

/** What histories mean. The unit tests hold TypeScript to it, an integration test the SQL. */
export const historyCases: readonly HistoryCase[] = [
  { name: "a start alone runs", events: [end("started")], state: "running" },
  { name: "an event before its start runs", events: [did("a")], state: "running" },
  {
    name: "a failed step alone runs on: it may be retried",
    events: [{ type: "step.failed", step: "a" }],
    state: "running",
  },
  { name: "an end completes", events: [end("started"), did("a"), end("completed")], state: "completed" },
  {
    name: "a compensation begun is compensating",
    events: [did("a"), undo("started", "a")],
    state: "compensating",
  },
  {
    name: "a compensation failed is still compensating",
    events: [did("a"), undo("failed", "a")],
    state: "compensating",
  },
  {
    name: "all undone",
    events: [did("a"), did("b"), undid("b"), undid("a"), end("compensated")],
    state: "compensated",
  },
  {
    name: "undone, but one step never",
    events: [did("a"), did("b"), undid("a"), end("compensated")],
    state: "compensated",
    rules: ["never_compensated"],
    residuals: ["b"],
  },
  { name: "not undone yet, but not ended either", events: [did("a"), did("b"), undid("b")], state: "compensating" },
  {
    name: "failed keeps what it holds, and says so by its state",
    events: [did("a"), end("failed")],
    state: "failed",
    residuals: ["a"],
  },
  {
    name: "failed, and its undoing too",
    events: [did("a"), did("b"), undid("b"), undo("failed", "a"), end("failed")],
    state: "failed",
    residuals: ["a"],
  },
  {
    name: "failed before anything was done",
    events: [{ type: "step.failed", step: "a" }, end("failed")],
    state: "failed",
  },
  {
    name: "undone without having been done",
    events: [did("a"), undid("a"), undid("b"), end("compensated")],
    state: "compensated",
    rules: ["compensated_without_effect"],
  },
  { name: "undone before it is known to be done, and open", events: [undid("b")], state: "compensating" },
  { name: "completed and failed", events: [end("completed"), end("failed")], state: "failed", rules: ["two_ends"] },
  {
    name: "completed and compensated",
    events: [end("completed"), end("compensated")],
    state: "compensated",
    rules: ["two_ends"],
  },
  {
    name: "resolved clears the badge",
    events: [did("a"), end("compensated"), end("resolved")],
    state: "resolved",
    rules: ["never_compensated"],
  },
  { name: "resolved after failed", events: [end("failed"), end("resolved")], state: "resolved" },
  {
    name: "an effect twice",
    events: [did("a"), { ...did("a"), attempt: 2 }, end("completed")],
    state: "completed",
    rules: ["effect_twice"],
  },
  { name: "an effect twice in one attempt", events: [did("a"), did("a")], state: "running", rules: ["effect_twice"] },
  {
    name: "a step long after the end",
    events: [end("completed"), did("a")],
    state: "completed",
    rules: ["event_after_end"],
  },
  {
    name: "a step after the end by less than clocks differ",
    events: [{ ...end("completed"), atMs: 1000 }, did("a", 1200)],
    state: "completed",
  },
  {
    name: "a step after the end by exactly what clocks may differ",
    events: [{ ...end("completed"), atMs: 1000 }, did("a", 1250)],
    state: "completed",
  },
  { name: "in the plan's order", events: [{ type: "started", plan }, did("a"), did("b"), did("c")], state: "running" },
  {
    name: "out of the plan's order",
    events: [{ type: "started", plan }, did("b"), did("a")],
    state: "running",
    rules: ["out_of_order"],
  },
  {
    name: "out of the plan's order by less than clocks differ",
    events: [{ type: "started", plan }, did("b", 1000), did("a", 1200)],
    state: "running",
  },
  {
    name: "steps outside the plan have no order",
    events: [{ type: "started", plan }, did("x"), did("a"), did("y"), did("b")],
    state: "running",
  },
  {
    name: "a plan with a gap keeps the order of the rest",
    events: [{ type: "started", plan }, did("c"), did("a")],
    state: "running",
    rules: ["out_of_order"],
  },
  {
    name: "a step that is planned twice, done as planned",
    events: [{ type: "started", plan: ["b", "a", "b"] }, did("b"), did("a"), did("b"), end("completed")],
    state: "completed",
    rules: ["effect_twice"],
  },
  {
    name: "a step that is planned twice, done otherwise",
    events: [{ type: "started", plan: ["b", "a", "b"] }, did("a"), did("b")],
    state: "running",
    rules: ["out_of_order"],
  },
  { name: "undone in reverse", events: [reverse, ...did2, undid("b"), undid("a")], state: "compensating" },
  {
    name: "undone in the order in which it was done",
    events: [reverse, ...did2, undid("a"), undid("b")],
    state: "compensating",
    rules: ["undone_out_of_order"],
  },
  {
    name: "undone in any order, where no definition wants another",
    events: [...did2, undid("a"), undid("b")],
    state: "compensating",
  },
  {
    name: "undone together, as far as clocks tell",
    events: [reverse, ...did2, undid("a", 9000), undid("b", 9250)],
    state: "compensating",
  },
  {
    name: "undone in the order in which it was done, as far as clocks tell at once",
    events: [reverse, did("a", 1000), did("b", 1250), undid("a", 8000), undid("b", 9000)],
    state: "compensating",
  },
  {
    name: "one of three undone too early",
    events: [reverse, did("a"), did("b"), did("c"), undid("b"), undid("c"), undid("a"), end("compensated")],
    state: "compensated",
    rules: ["undone_out_of_order"],
  },
  {
    name: "undone again, later, in the right order at first",
    events: [reverse, ...did2, undid("b"), undid("a"), undid("b")],
    state: "compensating",
  },
  {
    name: "of what was undone without having been done no order is known",
    events: [reverse, did("b"), undid("a"), undid("b")],
    state: "compensating",
  },
  {
    name: "an attempt is missing",
    events: [attempt("failed", "a", 1), attempt("completed", "a", 3), end("completed")],
    state: "completed",
    rules: ["missing_event"],
  },
  {
    name: "the first attempt is missing",
    events: [attempt("completed", "a", 2), end("failed")],
    state: "failed",
    rules: ["missing_event"],
    residuals: ["a"],
  },
  { name: "an attempt is missing, and may still come", events: [attempt("completed", "a", 2)], state: "running" },
  {
    name: "an attempt to undo is missing",
    events: [did("a"), undo("completed", "a", { attempt: 2 }), end("compensated")],
    state: "compensated",
    rules: ["missing_event"],
  },
  {
    name: "no attempt is missing, of a step and of what undoes it",
    events: [
      attempt("failed", "a", 1),
      attempt("completed", "a", 2),
      undo("failed", "a"),
      undo("completed", "a", { attempt: 2 }),
      end("compensated"),
    ],
    state: "compensated",
  },
  {
    name: "attempts of two steps do not fill each other's gaps",
    events: [attempt("failed", "a", 1), attempt("completed", "b", 2), end("failed")],
    state: "failed",
    rules: ["missing_event"],
    residuals: ["b"],
  },
  {
    name: "completed without a planned step",
    events: [{ type: "started", plan }, did("a"), did("c"), end("completed")],
    state: "completed",
    rules: ["missing_event"],
  },
  {
    name: "completed, though a planned step failed",
    events: [{ type: "started", plan: ["a", "b"] }, did("a"), { type: "step.failed", step: "b" }, end("completed")],
    state: "completed",
    rules: ["missing_event"],
  },
  {
    name: "completed by the plan, and a step more",
    events: [{ type: "started", plan }, did("a"), did("b"), did("x"), did("c"), end("completed")],
    state: "completed",
  },
  {
    name: "a planned step is not missing of what was undone or failed",
    events: [{ type: "started", plan }, did("a"), undid("a"), end("compensated")],
    state: "compensated",
  },
  {
    name: "of two plans it is not known which holds",
    events: [{ type: "started", plan }, { type: "started", plan: ["a", "d"] }, did("a"), end("completed")],
    state: "completed",
  },
  {
    name: "a plan that is told twice is one plan",
    events: [{ type: "started", plan }, { type: "started", plan }, did("a"), did("b"), end("completed")],
    state: "completed",
    rules: ["missing_event"],
  },
];

const startMs = Date.UTC(2026, 5, 1, 12);

/** The case's events as stored rows, ids unique within the case. */
export function rowsOf(
  { events }: Pick<HistoryCase, "events">,
  { id = "case", baseMs = startMs } = {},
): SagaEventRow[] {
  return events.map((event, index) => ({
    id: `${id}-${index}`,
    type: `saga.${event.type}`,
    time: `${new Date(baseMs + (event.atMs ?? index * 1000)).toISOString().slice(0, -1)}000000Z`,
    source: "/services/test",
    step: event.step ?? "",
    attempt: event.attempt ?? (event.step ? 1 : 0),
    compensates: event.compensates ?? "",
    causationId: "",
    traceId: "",
    spanId: "",
    serviceVersion: "v1",
    labels: event.labels ?? {},
    plan: event.plan ?? [],
    undoOrder: event.undoOrder ?? null,
    deadline: event.deadline ?? null,
    error: event.error ?? null,
    payload: "",
    ingestedAt: new Date(baseMs).toISOString(),
    topic: "saga.events",
    partition: 0,
    offset: String(index),
    duplicates: 0,
  }));
}
