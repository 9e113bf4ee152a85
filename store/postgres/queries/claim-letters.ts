import { z } from "zod";
import { ask, type Db } from "#store/postgres/ask.ts";
import { sql } from "#store/postgres/sql.ts";

/**
 * Claims dead letters for `seconds` from now, by PostgreSQL's clock. Those that it got; the others are claimed by somebody
 * else.
 */
export async function claimLetters(
  db: Db,
  letters: readonly string[],
  { claim, seconds }: { claim: string; seconds: number },
): Promise<string[]> {
  // In order, so that two who claim the same ones at the same moment do not wait for each other.
  const rows = await ask(
    db,
    sql`INSERT INTO replay_claims (letter, claim, held_until)
      SELECT DISTINCT letter, ${claim}::uuid, now() + make_interval(secs => ${seconds})
      FROM unnest(${letters}::text[]) AS asked (letter) ORDER BY letter
      ON CONFLICT (letter) DO UPDATE SET claim = excluded.claim, held_until = excluded.held_until
        WHERE replay_claims.held_until <= now()
      RETURNING letter`,
    z.object({ letter: z.string() }),
  );
  return rows.map(({ letter }) => letter);
}
