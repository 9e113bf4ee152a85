import type { SagaError } from "#contracts/saga-event.ts";
import type { CompensationName, StepName } from "#services-demo/domain/plan.ts";
import type { Transaction } from "./database.ts";

export type RunStatus = "running" | "done" | "failed" | "skipped";

/** How far a step or compensation of a saga has come: the memory that makes a command harmless when it comes twice. */
export interface StepRun {
  readonly status: RunStatus;
  readonly attempt: number;
  readonly error: SagaError | null;
  readonly lastEventId: string | null;
}

type Name = StepName | CompensationName;

/** Writes the run down unless there is one; true if it is new. */
export async function insertRun(
  { client }: Transaction,
  sagaId: string,
  {
    step,
    status,
    attempt,
    lastEventId = null,
  }: Pick<StepRun, "status" | "attempt"> & { step: Name; lastEventId?: string | null },
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "run-insert",
    text: `INSERT INTO step_runs (saga_id, step, status, attempt, last_event_id)
           VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    values: [sagaId, step, status, attempt, lastEventId],
  });
  return rowCount === 1;
}

/** Reads the run and locks it until the transaction ends. */
export async function lockRun({ client }: Transaction, sagaId: string, step: Name): Promise<StepRun | undefined> {
  const { rows } = await client.query({
    name: "run-lock",
    text: `SELECT status, attempt, error, last_event_id AS "lastEventId"
           FROM step_runs WHERE saga_id = $1 AND step = $2 FOR UPDATE`,
    values: [sagaId, step],
  });
  return rows[0] as StepRun | undefined;
}

export async function updateRun(
  { client }: Transaction,
  sagaId: string,
  { step, status, attempt, error, lastEventId }: { step: Name; lastEventId: string } & Omit<StepRun, "lastEventId">,
): Promise<void> {
  await client.query({
    name: "run-update",
    text: `UPDATE step_runs SET status = $3, attempt = $4, error = $5, last_event_id = $6
           WHERE saga_id = $1 AND step = $2`,
    values: [sagaId, step, status, attempt, error && JSON.stringify(error), lastEventId],
  });
}
