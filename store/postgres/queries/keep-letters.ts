import { type Db, run } from "#store/postgres/ask.ts";
import { sql } from "#store/postgres/sql.ts";

/** Holds a claim's letters for `seconds` from now on. */
export async function keepLetters(db: Db, { claim, seconds }: { claim: string; seconds: number }): Promise<void> {
  await run(
    db,
    sql`UPDATE replay_claims SET held_until = now() + make_interval(secs => ${seconds}) WHERE claim = ${claim}`,
  );
}
