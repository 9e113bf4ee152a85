import type { AlertRuleInput } from "#contracts/api/alerts.ts";
import { ask, type Db } from "#store/postgres/ask.ts";
import { moment, sql } from "#store/postgres/sql.ts";
import { RuleRow, type StoredRule } from "./rule-row.ts";

/**
 * Puts an operator's settings in place of a rule's, to be looked at right away; its problems are forgotten, and a rule
 * that is switched off does not fire. Undefined where there is no such rule.
 */
export async function updateRule(
  db: Db,
  rule: AlertRuleInput,
  { id, nowMs }: { id: string; nowMs: number },
): Promise<StoredRule | undefined> {
  const [updated] = await ask(
    db,
    sql`UPDATE alert_rules SET
        name = ${rule.name}, condition = ${rule.condition}, saga_type = ${rule.sagaType}, threshold = ${rule.threshold},
        window_seconds = ${rule.windowSeconds}, severity = ${rule.severity}, webhook_url = ${rule.webhookUrl},
        enabled = ${rule.enabled}::boolean, revision = revision + 1, next_check_at = ${moment(nowMs)},
        check_problem = NULL, delivery_problem = NULL,
        state = CASE WHEN ${rule.enabled}::boolean THEN state ELSE 'ok' END,
        firing_since = CASE WHEN ${rule.enabled}::boolean THEN firing_since END
      WHERE id = ${id} RETURNING *`,
    RuleRow,
  );
  return updated;
}
