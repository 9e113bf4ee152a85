import type { AlertRuleInput } from "#contracts/api/alerts.ts";
import { ask, type Db } from "#store/postgres/ask.ts";
import { moment, sql } from "#store/postgres/sql.ts";
import { RuleRow, type StoredRule } from "./rule-row.ts";

export const mostRules = 1000;

/** Adds a rule, to be looked at right away; undefined where there are `mostRules` already. */
export async function createRule(
  db: Db,
  rule: AlertRuleInput,
  { id, nowMs }: { id: string; nowMs: number },
): Promise<StoredRule | undefined> {
  const [created] = await ask(
    db,
    sql`INSERT INTO alert_rules
        (id, name, condition, saga_type, threshold, window_seconds, severity, webhook_url, enabled, created_at, next_check_at)
      SELECT ${id}::uuid, ${rule.name}, ${rule.condition}, ${rule.sagaType}, ${rule.threshold}::int,
        ${rule.windowSeconds}::int, ${rule.severity}, ${rule.webhookUrl}, ${rule.enabled}::boolean,
        ${moment(nowMs)}::timestamptz, ${moment(nowMs)}::timestamptz
      WHERE (SELECT count(*) FROM alert_rules) < ${mostRules}::int
      RETURNING *`,
    RuleRow,
  );
  return created;
}
