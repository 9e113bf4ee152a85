import { randomBytes } from "node:crypto";
import type { WebhookSecret } from "#contracts/api/alerts.ts";
import { SagascopeError } from "#lib/errors.ts";
import type { Db } from "#store/postgres/ask.ts";
import { type StatePool, transaction } from "#store/postgres/client.ts";
import {
  keepFirstSecret,
  rotateSecret,
  type SealedSecret,
  webhookSecrets,
} from "#store/postgres/queries/webhook-secrets.ts";
import { seal, unseal } from "./seal.ts";

const previousHoldsMs = 24 * 3_600_000;

const newSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/** The secrets to sign with at `nowMs`, as text, the current one first. The first use makes one. */
export async function signingSecrets(db: Db, { token, nowMs }: { token: string; nowMs: number }): Promise<string[]> {
  const kept = await orFirst(db, { token, nowMs });
  return kept.map(({ sealed }) => unseal(sealed, token));
}

/** What the operator may know of them. */
export async function showSecret(db: Db, { token, nowMs }: { token: string; nowMs: number }): Promise<WebhookSecret> {
  const [current, previous] = await orFirst(db, { token, nowMs });
  if (!current) throw new SagascopeError("INTERNAL", "There is no signing secret");
  return {
    secret: unseal(current.sealed, token),
    createdAt: current.createdAt,
    previousUntil: previous?.validUntil ?? null,
  };
}

/** Makes a new secret; calls are signed with the one before too, for a day, so that receivers can follow. */
export async function makeNewSecret(
  pool: StatePool,
  { token, nowMs }: { token: string; nowMs: number },
): Promise<WebhookSecret> {
  return await transaction(pool, async (db) => {
    const [current] = await webhookSecrets(db, nowMs);
    // One that cannot be opened any more cannot sign either.
    const previousUntilMs = current && opens(current, token) ? nowMs + previousHoldsMs : nowMs;
    await rotateSecret(db, seal(newSecret(), token), { nowMs, previousUntilMs });
    return await showSecret(db, { token, nowMs });
  });
}

async function orFirst(db: Db, { token, nowMs }: { token: string; nowMs: number }): Promise<SealedSecret[]> {
  const kept = await webhookSecrets(db, nowMs);
  if (kept.length > 0) return kept;
  await keepFirstSecret(db, seal(newSecret(), token), nowMs);
  return await webhookSecrets(db, nowMs);
}

function opens({ sealed }: SealedSecret, token: string): boolean {
  try {
    return unseal(sealed, token) !== "";
  } catch {
    return false;
  }
}
