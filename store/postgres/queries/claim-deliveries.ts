import { z } from "zod";
import { Delivery } from "#contracts/api/alerts.ts";
import { ask, type Db } from "#store/postgres/ask.ts";
import { moment, sql } from "#store/postgres/sql.ts";

const Row = z
  .object({
    id: z.uuid(),
    rule_id: z.uuid(),
    event: Delivery.shape.event,
    url: z.string(),
    body: z.string(),
    failures: z.number(),
    claim: z.uuid(),
  })
  .transform(({ rule_id, ...row }) => ({ ...row, ruleId: rule_id }));
/** A delivery that is ours to send, by its `claim`. */
export type ClaimedDelivery = z.output<typeof Row>;

/**
 * Takes the deliveries that are due, at most `limit`. Nobody else gets them until `untilMs`, when their taker counts as
 * dead. A rule's message waits until the rule's earlier ones are through or given up; tests wait for nothing.
 */
export async function claimDeliveries(
  db: Db,
  { claim, nowMs, untilMs, limit }: { claim: string; nowMs: number; untilMs: number; limit: number },
): Promise<ClaimedDelivery[]> {
  return await ask(
    db,
    sql`UPDATE webhook_deliveries SET claim = ${claim}, claimed_until = ${moment(untilMs)}
      WHERE id IN (
        SELECT id FROM webhook_deliveries AS due
        WHERE state = 'pending' AND next_attempt_at <= ${moment(nowMs)}
          AND (claimed_until IS NULL OR claimed_until <= ${moment(nowMs)})
          AND (event = 'alert.test' OR NOT EXISTS (
            SELECT FROM webhook_deliveries AS earlier
            WHERE earlier.rule_id = due.rule_id AND earlier.state = 'pending' AND earlier.event <> 'alert.test'
              AND earlier.number < due.number))
        ORDER BY next_attempt_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
      RETURNING *`,
    Row,
  );
}
