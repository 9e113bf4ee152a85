import { type Db, run } from "#store/postgres/ask.ts";
import { moment, sql } from "#store/postgres/sql.ts";

/** Gives up what still waits to be sent for a rule, and writes down why. Tests are let through with `keepTests`. */
export async function cancelDeliveries(
  db: Db,
  ruleId: string,
  { reason, nowMs, keepTests = false }: { reason: string; nowMs: number; keepTests?: boolean },
): Promise<void> {
  await run(
    db,
    sql`WITH cancelled AS (
        UPDATE webhook_deliveries SET state = 'failed', next_attempt_at = NULL, claim = NULL, claimed_until = NULL
        WHERE rule_id = ${ruleId} AND state = 'pending' AND NOT (${keepTests}::boolean AND event = 'alert.test')
        RETURNING id)
      INSERT INTO webhook_attempts (delivery_id, at, status, took_ms, error)
      SELECT id, ${moment(nowMs)}::timestamptz, NULL, 0, ${reason} FROM cancelled`,
  );
}
