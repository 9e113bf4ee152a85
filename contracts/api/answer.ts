import { z } from "zod";
import { defaultRange, rangePattern } from "#contracts/words.ts";

export const Moment = z.string().describe("ISO 8601, UTC, to the millisecond.");
/** As precise as events are dated. */
export const NanoMoment = z.string().describe("RFC 3339 with nanoseconds, UTC.");
export const Milliseconds = z.number().describe("Milliseconds.");
export const Seconds = z.number().int().describe("Seconds.");
export const BucketSeconds = Seconds.describe(
  "How wide the buckets of each series are, in seconds: the narrowest of some round widths of which 100 reach.",
);
/** The stretch of time that an answer is of, as it was understood. */
export const Stretch = {
  from: z.string().describe("Where the time begins that the answer is of, inclusive. ISO 8601, UTC."),
  to: z.string().describe("Where it ends, exclusive. ISO 8601, UTC."),
};

/** How fresh the store is: every answer carries it. Times are ISO 8601 in UTC. */
export const Freshness = z.object({
  newestEventAt: Moment.nullable().describe("When the newest event happened; null where there is none."),
  newestIngestAt: Moment.nullable().describe("When the newest one was stored; null where there is none."),
  deadLetters: z
    .number()
    .int()
    .describe("Dead letters that are kept: every try of a message that could not be stored."),
  askedAt: Moment.describe("When the store was asked. ISO 8601, UTC."),
});
export type Freshness = z.infer<typeof Freshness>;

/** What every answer of `/api/v1` says beside its content. */
export const Cost = z.object({
  freshness: Freshness.describe("How fresh the store was."),
  rowsRead: z.number().int().describe("Rows that were read for it: of the store's tables, not of the answer."),
  bytesRead: z.number().int().describe("Bytes of the rows read, before compression."),
  tookMs: z.number().describe("How long it took to answer, in milliseconds."),
});
export type Cost = z.infer<typeof Cost>;

/** What an answer from the state says beside its content: another store, which does not tell bytes. */
export const StateCost = z.object({
  freshness: Freshness.nullable().describe("Of the events, which rules count; null while their store does not answer."),
  rowsRead: z.number().int().describe("Rows that the state gave for it."),
  tookMs: z.number().describe("How long it took to answer, in milliseconds."),
});
export type StateCost = z.infer<typeof StateCost>;

/** A moment that a request names. Of other years nothing is stored that a time would find, and not every column can be compared with them. */
export const AskedMoment = z.iso.datetime({ offset: true }).regex(/^20/, "wants a year from 2000 to 2099");

/** A stretch of time, as queries and pages state it. */
export const TimeRange = z.object({
  range: z
    .string()
    .regex(rangePattern, "wants a number and m, h or d, as in 15m, 6h or 7d")
    .optional()
    .describe(
      `The time up to now: a number and \`m\`, \`h\` or \`d\`, as in \`15m\`, \`6h\` or \`7d\`; 400d at most, ${defaultRange} by default. It is widened to whole buckets. Not together with \`from\`.`,
    ),
  from: AskedMoment.optional().describe(
    "Where the time begins, inclusive: ISO 8601 with a zone, from 2000 to 2099, 400 days before `to` at most.",
  ),
  to: AskedMoment.optional().describe(
    "Where the time ends, exclusive: ISO 8601 with a zone, to 2099, after `from`; now by default. Only together with `from`.",
  ),
});
export type TimeRange = z.infer<typeof TimeRange>;
