import { z } from "zod";
import { BreachRule, type SagaSummary } from "#contracts/api/saga.ts";
import { SagaId } from "#contracts/ids.ts";
import { type Sql, sql } from "#lib/sql.ts";
import { labelsOf } from "#sagas/summary.ts";
import { Count, Time, TimeOrNone } from "./column-shapes.ts";
import { hasEnded, type Lateness, overdue, stateOfFlags } from "./saga-expressions.ts";
import { storedLater } from "./saga-place.ts";

/**
 * The columns that a `SagaSummary` is made from, to be read from `listedSagas`: as they lie there, since to work out what an expression
 * comes to takes the store longer than to read the rows of a page.
 */
export function sagaColumns(late: Lateness): Sql {
  return sql`saga_id AS id, saga_type AS type, saga_version AS version, subject, flags, ${overdue(late)} AS is_overdue, broken AS rules,
    started AS stored_at, early_ms, ended_at AS ended, last_event_at AS last_event, deadline AS due, tupleElement(last_step, 'step') AS step,
    labels AS label_pairs, last_error AS error, max_attempt AS attempts, compensations AS undone`;
}

export const SagaRow = z
  .object({
    id: SagaId,
    type: z.string(),
    version: z.string(),
    subject: z.string(),
    flags: Count,
    is_overdue: z.number(),
    rules: z.array(BreachRule),
    stored_at: Time,
    early_ms: Count,
    ended: TimeOrNone,
    last_event: Time,
    due: TimeOrNone,
    step: z.string(),
    label_pairs: z.array(z.string()),
    error: z.object({ code: z.string(), step: z.string(), message: z.string() }),
    attempts: Count,
    undone: Count,
  })
  .transform((row): SagaSummary => {
    const beganMs = Date.parse(row.stored_at) - row.early_ms;
    const startedAt = new Date(beganMs).toISOString();
    const endedMs = row.ended === null ? 0 : Date.parse(row.ended);
    const untilMs = hasEnded(row.flags) ? endedMs : Date.parse(row.last_event);
    return {
      id: row.id,
      type: row.type,
      version: row.version,
      subject: row.subject,
      state: stateOfFlags(row.flags),
      verdicts: [
        ...(row.is_overdue === 1 ? (["overdue"] as const) : []),
        ...(row.rules.length > 0 ? (["inconsistent"] as const) : []),
      ],
      rules: row.rules,
      startedAt,
      ...storedLater(startedAt, row.stored_at),
      endedAt: row.ended,
      durationMs: Math.max(0, untilMs - beganMs),
      lastEventAt: row.last_event,
      deadline: row.due,
      step: row.step === "" ? null : row.step,
      labels: labelsOf(row.label_pairs),
      error: row.error.code === "" ? null : row.error,
      maxAttempt: row.attempts,
      compensations: row.undone,
    };
  });
