import { ask, type Db } from "#store/postgres/ask.ts";
import { sql } from "#store/postgres/sql.ts";
import { RuleRow, type StoredRule } from "./rule-row.ts";

export async function ruleById(db: Db, id: string): Promise<StoredRule | undefined> {
  const [rule] = await ask(db, sql`SELECT * FROM alert_rules WHERE id = ${id} LIMIT 1`, RuleRow);
  return rule;
}

/** As `ruleById`, and no one else changes the rule until the transaction ends. */
export async function lockRule(db: Db, id: string): Promise<StoredRule | undefined> {
  const [rule] = await ask(db, sql`SELECT * FROM alert_rules WHERE id = ${id} LIMIT 1 FOR UPDATE`, RuleRow);
  return rule;
}
