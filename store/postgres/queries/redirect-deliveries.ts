import { type Db, run } from "#store/postgres/ask.ts";
import { moment, sql } from "#store/postgres/sql.ts";

/** Sends what still waits for a rule to `url` from now on, at once. */
export async function redirectDeliveries(
  db: Db,
  ruleId: string,
  { url, nowMs }: { url: string; nowMs: number },
): Promise<void> {
  await run(
    db,
    sql`UPDATE webhook_deliveries SET url = ${url}, next_attempt_at = ${moment(nowMs)}, failures = 0
      WHERE rule_id = ${ruleId} AND state = 'pending' AND url <> ${url}`,
  );
}
