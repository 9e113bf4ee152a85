import { type Db, run } from "#store/postgres/ask.ts";
import { sql } from "#store/postgres/sql.ts";

/** Lets go of a claim's letters, and of those that nobody came back for. */
export async function releaseLetters(db: Db, claim: string): Promise<void> {
  await run(db, sql`DELETE FROM replay_claims WHERE claim = ${claim} OR held_until <= now()`);
}
