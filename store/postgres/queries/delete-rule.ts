import { type Db, run } from "#store/postgres/ask.ts";
import { sql } from "#store/postgres/sql.ts";

/** Removes a rule; what was sent for it stays on record. False where there is no such rule. */
export async function deleteRule(db: Db, id: string): Promise<boolean> {
  return (await run(db, sql`DELETE FROM alert_rules WHERE id = ${id}`)) > 0;
}
