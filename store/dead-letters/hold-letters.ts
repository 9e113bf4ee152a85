import { randomUUID } from "node:crypto";
import type { StatePool } from "#store/postgres/client.ts";
import { claimLetters } from "#store/postgres/queries/claim-letters.ts";
import { keepLetters } from "#store/postgres/queries/keep-letters.ts";
import { releaseLetters } from "#store/postgres/queries/release-letters.ts";

/**
 * Does work while nobody else replays these letters; it is told which of them it holds, and the others are being replayed
 * by somebody. Throws `STORE_DOWN` where it cannot be known.
 */
export type HoldLetters = <T>(
  letters: readonly string[],
  work: (held: ReadonlySet<string>) => Promise<T>,
) => Promise<T>;

/** After this long without a word from its holder a letter is free. */
const heldSeconds = 60;
const renewMs = 15_000;

/** Claims in PostgreSQL, which of all processes gives a letter to one. */
export function letterHolder(pool: StatePool): HoldLetters {
  return async (letters, work) => {
    const claim = randomUUID();
    const held = new Set(await claimLetters(pool, letters, { claim, seconds: heldSeconds }));
    const renewing = setInterval(() => {
      // What cannot be kept now is tried again before it is over.
      keepLetters(pool, { claim, seconds: heldSeconds }).catch(() => undefined);
    }, renewMs);
    try {
      return await work(held);
    } finally {
      clearInterval(renewing);
      // Where it cannot be let go, time does it.
      await releaseLetters(pool, claim).catch(() => undefined);
    }
  };
}
