import type { AlertRule } from "#contracts/api/alerts.ts";
import { type Db, run } from "#store/postgres/ask.ts";
import { moment, sql } from "#store/postgres/sql.ts";

/** What a look at a rule found, and the state that it is in from then on. */
export async function recordCheck(
  db: Db,
  id: string,
  { count, checkedMs, state }: { count: number; checkedMs: number; state: AlertRule["state"] },
): Promise<void> {
  await run(
    db,
    sql`UPDATE alert_rules SET last_count = ${count}, last_checked_at = ${moment(checkedMs)}, check_problem = NULL,
        firing_since = CASE WHEN ${state} = 'firing' THEN coalesce(firing_since, ${moment(checkedMs)}::timestamptz) END,
        state = ${state}
      WHERE id = ${id}`,
  );
}
