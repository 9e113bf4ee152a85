import type { Freshness } from "#contracts/api/answer.ts";

/** Over this, the newest events reach the store too late to be called live. */
export const behindMs = 10_000;

/** How long the newest stored event took from happening to being stored, in ms; null while nothing is stored. */
export function ingestLagMs({ newestEventAt, newestIngestAt }: Freshness): number | null {
  if (newestEventAt === null || newestIngestAt === null) return null;
  return Math.max(0, Date.parse(newestIngestAt) - Date.parse(newestEventAt));
}

/** What the operator should know before trusting the page: that events come late, or that some could not be stored. */
export function warningOf(freshness: Freshness): string | undefined {
  const lag = ingestLagMs(freshness);
  if (lag !== null && lag > behindMs) return "behind";
  if (freshness.deadLetters > 0) return "dead letters";
  return undefined;
}
