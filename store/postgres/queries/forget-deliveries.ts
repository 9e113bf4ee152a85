import { type Db, run } from "#store/postgres/ask.ts";
import { moment, sql } from "#store/postgres/sql.ts";

/** Drops what was sent or given up and is older than `beforeMs`, at most 10,000 at a time; how many. */
export async function forgetDeliveries(db: Db, beforeMs: number): Promise<number> {
  return await run(
    db,
    sql`DELETE FROM webhook_deliveries WHERE id IN (
        SELECT id FROM webhook_deliveries WHERE state <> 'pending' AND created_at < ${moment(beforeMs)} LIMIT 10000)`,
  );
}
