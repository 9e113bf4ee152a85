import { ask, type Db } from "#store/postgres/ask.ts";
import { sql } from "#store/postgres/sql.ts";
import { RuleRow, type StoredRule } from "./rule-row.ts";

/** All rules, oldest first. */
export async function listRules(db: Db): Promise<StoredRule[]> {
  return await ask(db, sql`SELECT * FROM alert_rules ORDER BY created_at, id LIMIT 1000`, RuleRow);
}
