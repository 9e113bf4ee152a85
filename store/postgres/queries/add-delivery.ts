import type { Delivery } from "#contracts/api/alerts.ts";
import { type Db, run } from "#store/postgres/ask.ts";
import { moment, sql } from "#store/postgres/sql.ts";

export interface NewDelivery {
  readonly id: string;
  readonly rule: { readonly id: string; readonly name: string; readonly webhookUrl: string };
  readonly event: Delivery["event"];
  /** The bytes that are signed and sent. */
  readonly body: string;
}

/** Queues a message, due at once. Earlier ones of its rule that still wait become due too: they go out before it. */
export async function addDelivery(db: Db, { id, rule, event, body }: NewDelivery, nowMs: number): Promise<void> {
  await run(
    db,
    sql`UPDATE webhook_deliveries SET next_attempt_at = least(next_attempt_at, ${moment(nowMs)}::timestamptz)
      WHERE rule_id = ${rule.id} AND state = 'pending' AND ${event} <> 'alert.test'`,
  );
  await run(
    db,
    sql`INSERT INTO webhook_deliveries (id, rule_id, rule_name, event, url, body, state, created_at, next_attempt_at)
      VALUES (${id}, ${rule.id}, ${rule.name}, ${event}, ${rule.webhookUrl}, ${body}, 'pending', ${moment(nowMs)}, ${moment(nowMs)})`,
  );
}
