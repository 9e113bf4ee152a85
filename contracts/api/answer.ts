import { z } from "zod";
import { rangePattern } from "#contracts/words.ts";

/** How fresh the store is: every answer carries it. Times are ISO 8601 in UTC. */
export const Freshness = z.object({
  newestEventAt: z.string().nullable(),
  newestIngestAt: z.string().nullable(),
  deadLetters: z.number().int(),
  /** When the store was asked. */
  askedAt: z.string(),
});
export type Freshness = z.infer<typeof Freshness>;

/** What every answer of `/api/v1` says beside its content. */
export const Cost = z.object({
  freshness: Freshness,
  rowsRead: z.number().int(),
  /** Of the rows read, before compression. */
  bytesRead: z.number().int(),
  tookMs: z.number(),
});
export type Cost = z.infer<typeof Cost>;

/** What an answer from the state says beside its content: another store, which does not tell bytes. */
export const StateCost = z.object({
  /** Of the events, which rules count; null while their store does not answer. */
  freshness: Freshness.nullable(),
  rowsRead: z.number().int(),
  tookMs: z.number(),
});
export type StateCost = z.infer<typeof StateCost>;

/**
 * A stretch of time, as queries and pages state it: `range` (`15m`, `1h`, `6h`, `24h`, `7d`, `30d`, up to now)
 * or `from` and `to` (ISO 8601).
 */
export const TimeRange = z.object({
  range: z.string().regex(rangePattern, "wants a number and m, h or d, as in 15m, 6h or 7d").optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export type TimeRange = z.infer<typeof TimeRange>;
