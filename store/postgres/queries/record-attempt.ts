import type { Delivery } from "#contracts/api/alerts.ts";
import { type Db, run } from "#store/postgres/ask.ts";
import { moment, sql } from "#store/postgres/sql.ts";

export interface AttemptMade {
  readonly deliveryId: string;
  readonly atMs: number;
  readonly tookMs: number;
  /** Null where no HTTP answer came. */
  readonly status: number | null;
  readonly error: string | null;
}

/** Where a delivery stands after an attempt. */
export interface DeliveryStanding {
  readonly state: Delivery["state"];
  readonly nextAttemptMs: number | null;
  readonly failures: number;
}

/**
 * Writes an attempt down and gives the delivery back. A claim that was lost meanwhile (cancelled, or taken for dead)
 * decides nothing any more, except that what was delivered is delivered.
 */
export async function recordAttempt(
  db: Db,
  { deliveryId, atMs, tookMs, status, error }: AttemptMade,
  { claim, standing }: { claim: string; standing: DeliveryStanding },
): Promise<void> {
  await run(
    db,
    sql`INSERT INTO webhook_attempts (delivery_id, at, status, took_ms, error)
      VALUES (${deliveryId}, ${moment(atMs)}, ${status}, ${tookMs}, ${error})`,
  );
  const next = standing.nextAttemptMs === null ? null : moment(standing.nextAttemptMs);
  await run(
    db,
    sql`UPDATE webhook_deliveries SET state = ${standing.state}, next_attempt_at = ${next},
        failures = ${standing.failures}, claim = NULL, claimed_until = NULL
      WHERE id = ${deliveryId} AND (claim = ${claim} OR ${standing.state} = 'delivered')`,
  );
}
