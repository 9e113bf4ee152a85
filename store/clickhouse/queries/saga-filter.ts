import type { SagaState, Verdict } from "#contracts/api/saga.ts";
import { and, moment, type Sql, sql, string, strings } from "#lib/sql.ts";
import { inconsistent, type Lateness, overdue, state } from "./saga-expressions.ts";
import { endedWithin, startedWithin, startsOfEnded, type TimeWindow } from "./time-window.ts";

/** What narrows a list of sagas. Several values of one kind mean any of them; the kinds mean all. */
export interface SagaFilter {
  readonly window: TimeWindow;
  /** Which moment of a saga must lie within the window. */
  readonly moment: "started" | "ended";
  readonly states: readonly SagaState[];
  readonly verdicts: readonly Verdict[];
  readonly types: readonly string[];
  /** Codes of the last error. */
  readonly errors: readonly string[];
  /** Sagas that reached any of these steps; together with `errors`, whose last error was in one. */
  readonly steps: readonly string[];
  /** `key=value`. */
  readonly labels: readonly string[];
  /** Free text: a saga's id or its beginning, a trace id, a label's value, an error. */
  readonly text: string | undefined;
}

/** The filters that have facets, each true where its list is empty. */
export function facetClauses(filter: SagaFilter, late: Lateness): Record<"state" | "verdict" | "type" | "error", Sql> {
  return {
    state: filter.states.length > 0 ? sql`has(${strings(filter.states)}, ${state})` : sql`1`,
    verdict: verdictClause(filter.verdicts, late),
    type: filter.types.length > 0 ? sql`has(${strings(filter.types)}, saga_type)` : sql`1`,
    error: filter.errors.length > 0 ? sql`has(${strings(filter.errors)}, tupleElement(last_error, 'code'))` : sql`1`,
  };
}

/** All other filters, the time window among them. */
export function otherClauses(filter: SagaFilter): Sql {
  const { window, moment: of } = filter;
  const clauses = [of === "ended" ? endedWithin(window) : startedWithin(window)];
  if (filter.steps.length > 0) clauses.push(stepClause(filter));
  if (filter.labels.length > 0) clauses.push(sql`hasAll(labels, ${strings(filter.labels)})`);
  if (filter.text !== undefined) {
    clauses.push(textClause(filter.text, of === "ended" ? startsOfEnded(window) : window));
  }
  return and(clauses);
}

function verdictClause(verdicts: readonly Verdict[], late: Lateness): Sql {
  const either = [
    ...(verdicts.includes("overdue") ? [overdue(late)] : []),
    ...(verdicts.includes("inconsistent") ? [inconsistent] : []),
  ];
  const [first, second] = either;
  if (!first) return sql`1`;
  return second ? sql`(${first} OR ${second})` : first;
}

function stepClause({ steps, errors }: SagaFilter): Sql {
  if (errors.length > 0) return sql`has(${strings(steps)}, tupleElement(last_error, 'step'))`;
  return sql`(hasAny(steps_started, ${strings(steps)}) OR hasAny(steps_completed, ${strings(steps)}) OR hasAny(steps_failed, ${strings(steps)}))`;
}

const traceId = /^[0-9a-f]{32}$/;

function textClause(text: string, { fromMs, toMs }: TimeWindow): Sql {
  const byTrace = traceId.test(text)
    ? sql`saga_id IN (SELECT saga_id FROM saga_events WHERE trace_id = ${string(text)}
        AND saga_started >= ${moment(fromMs)} AND saga_started < ${moment(toMs)} LIMIT 1000)`
    : sql`0`;
  return sql`(startsWith(saga_id, ${string(text)})
    OR has(labels, ${string(text)})
    OR arrayExists(label -> positionCaseInsensitiveUTF8(substring(label, position(label, '=') + 1), ${string(text)}) > 0, labels)
    OR positionCaseInsensitiveUTF8(tupleElement(last_error, 'code'), ${string(text)}) > 0
    OR positionCaseInsensitiveUTF8(tupleElement(last_error, 'message'), ${string(text)}) > 0
    OR ${byTrace})`;
}
