import { z } from "zod";
import { BreachRule, SagaState, type SagaSummary } from "#contracts/api/saga.ts";
import { SagaId } from "#contracts/ids.ts";
import { type Sql, sql } from "#lib/sql.ts";
import { labelsOf } from "#sagas/summary.ts";
import { Count, Time, TimeOrNone } from "./column-shapes.ts";
import { began, durationMs, type Lateness, overdue, state } from "./saga-expressions.ts";
import { storedLater } from "./saga-place.ts";

/** The columns that a `SagaSummary` is made from, to be read from `listedSagas`. */
export function sagaColumns(late: Lateness): Sql {
  return sql`saga_id AS id, saga_type AS type, saga_version AS version, subject, ${state} AS state,
    ${overdue(late)} AS is_overdue, broken AS rules,
    ${began} AS started_at, started AS stored_at, ended_at AS ended, last_event_at AS last_event, deadline AS due, ${durationMs} AS duration_ms,
    tupleElement(last_step, 'step') AS step, labels AS label_pairs,
    tupleElement(last_error, 'code') AS error_code, tupleElement(last_error, 'step') AS error_step, tupleElement(last_error, 'message') AS error_message,
    max_attempt AS attempts, toUInt16(compensations) AS undone`;
}

export const SagaRow = z
  .object({
    id: SagaId,
    type: z.string(),
    version: z.string(),
    subject: z.string(),
    state: SagaState,
    is_overdue: z.number(),
    rules: z.array(BreachRule),
    started_at: Time,
    stored_at: Time,
    ended: TimeOrNone,
    last_event: Time,
    due: TimeOrNone,
    duration_ms: Count,
    step: z.string(),
    label_pairs: z.array(z.string()),
    error_code: z.string(),
    error_step: z.string(),
    error_message: z.string(),
    attempts: Count,
    undone: Count,
  })
  .transform(
    (row): SagaSummary => ({
      id: row.id,
      type: row.type,
      version: row.version,
      subject: row.subject,
      state: row.state,
      verdicts: [
        ...(row.is_overdue === 1 ? (["overdue"] as const) : []),
        ...(row.rules.length > 0 ? (["inconsistent"] as const) : []),
      ],
      rules: row.rules,
      startedAt: row.started_at,
      ...storedLater(row.started_at, row.stored_at),
      endedAt: row.ended,
      durationMs: row.duration_ms,
      lastEventAt: row.last_event,
      deadline: row.due,
      step: row.step === "" ? null : row.step,
      labels: labelsOf(row.label_pairs),
      error: row.error_code === "" ? null : { code: row.error_code, step: row.error_step, message: row.error_message },
      maxAttempt: row.attempts,
      compensations: row.undone,
    }),
  );
