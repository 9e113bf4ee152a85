import { ask, type Db } from "#store/postgres/ask.ts";
import { moment, sql } from "#store/postgres/sql.ts";
import { RuleRow, type StoredRule } from "./rule-row.ts";

/**
 * The rules that it is time to look at, at most `limit`, the longest waiting first. Each is next due at `nextMs`, so of
 * several processes one gets it, and if that one dies another comes then.
 */
export async function claimRules(
  db: Db,
  { nowMs, nextMs, limit }: { nowMs: number; nextMs: number; limit: number },
): Promise<StoredRule[]> {
  return await ask(
    db,
    sql`UPDATE alert_rules SET next_check_at = ${moment(nextMs)}
      WHERE id IN (
        SELECT id FROM alert_rules WHERE enabled AND next_check_at <= ${moment(nowMs)}
        ORDER BY next_check_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
      RETURNING *`,
    RuleRow,
  );
}
