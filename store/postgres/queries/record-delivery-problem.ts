import { type Db, run } from "#store/postgres/ask.ts";
import { sql } from "#store/postgres/sql.ts";

/** Says why a rule's webhook is not called any more, or with null that it is; unless it goes elsewhere by now. */
export async function recordDeliveryProblem(
  db: Db,
  { ruleId, url, problem }: { ruleId: string; url: string; problem: string | null },
): Promise<boolean> {
  const touched = await run(
    db,
    sql`UPDATE alert_rules SET delivery_problem = ${problem}
      WHERE id = ${ruleId} AND webhook_url = ${url} AND delivery_problem IS DISTINCT FROM ${problem}`,
  );
  return touched > 0;
}
