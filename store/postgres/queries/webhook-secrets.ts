import { z } from "zod";
import { ask, type Db, run } from "#store/postgres/ask.ts";
import { moment, sql } from "#store/postgres/sql.ts";
import { MaybeMoment, Moment } from "./column-shapes.ts";

const Row = z
  .object({ slot: z.enum(["current", "previous"]), sealed: z.string(), created_at: Moment, valid_until: MaybeMoment })
  .transform(({ slot, sealed, created_at, valid_until }) => ({
    slot,
    sealed,
    createdAt: created_at,
    validUntil: valid_until,
  }));
export type SealedSecret = z.output<typeof Row>;

/** The secrets that calls are signed with at `nowMs`: the current one first, then the one before while it holds. */
export async function webhookSecrets(db: Db, nowMs: number): Promise<SealedSecret[]> {
  return await ask(
    db,
    sql`SELECT * FROM webhook_secrets WHERE valid_until IS NULL OR valid_until > ${moment(nowMs)} ORDER BY slot LIMIT 2`,
    Row,
  );
}

/** Keeps the first secret; of several processes that come at the same time, one wins. */
export async function keepFirstSecret(db: Db, sealed: string, nowMs: number): Promise<void> {
  await run(
    db,
    sql`INSERT INTO webhook_secrets (slot, sealed, created_at) VALUES ('current', ${sealed}, ${moment(nowMs)})
      ON CONFLICT (slot) DO NOTHING`,
  );
}

/** Puts a secret in place of the current one, which holds until `previousUntilMs`. To be called in a transaction. */
export async function rotateSecret(
  db: Db,
  sealed: string,
  { nowMs, previousUntilMs }: { nowMs: number; previousUntilMs: number },
): Promise<void> {
  await run(db, sql`LOCK TABLE webhook_secrets IN SHARE ROW EXCLUSIVE MODE`);
  await run(db, sql`DELETE FROM webhook_secrets WHERE slot = 'previous'`);
  await run(
    db,
    sql`UPDATE webhook_secrets SET slot = 'previous', valid_until = ${moment(previousUntilMs)} WHERE slot = 'current'`,
  );
  await keepFirstSecret(db, sealed, nowMs);
}
