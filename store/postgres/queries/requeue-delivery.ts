import { type Db, run } from "#store/postgres/ask.ts";
import { moment, sql } from "#store/postgres/sql.ts";

/** Makes a delivery due now, its retries counted anew; to `url`. False where there is none. */
export async function requeueDelivery(
  db: Db,
  id: string,
  { url, nowMs }: { url: string; nowMs: number },
): Promise<boolean> {
  const touched = await run(
    db,
    sql`UPDATE webhook_deliveries SET state = 'pending', next_attempt_at = ${moment(nowMs)}, failures = 0, url = ${url}
      WHERE id = ${id}`,
  );
  return touched > 0;
}
