import { type Db, run } from "#store/postgres/ask.ts";
import { sql } from "#store/postgres/sql.ts";

/** Says why a rule could not be looked at; its state and count stay as they were last known. */
export async function recordCheckProblem(
  db: Db,
  { id, revision, problem }: { id: string; revision: number; problem: string },
): Promise<void> {
  await run(
    db,
    sql`UPDATE alert_rules SET check_problem = ${problem}
      WHERE id = ${id} AND revision = ${revision} AND check_problem IS DISTINCT FROM ${problem}`,
  );
}
