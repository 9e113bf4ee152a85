import { z } from "zod";
import { Cost, Milliseconds, Moment, Stretch } from "./answer.ts";
import { ReplayOffer } from "./dead-letters.ts";

/**
 * One partition of a topic that ingest reads. Offsets are of the last message; null where nothing is known, as all but `lag`,
 * `oldestWaiting` and `storedPerSecond` is of a past moment.
 */
export const PartitionProgress = z.object({
  topic: z.string(),
  partition: z.number().int(),
  storedOffset: z.string().nullable().describe("The last message that is stored, or dead."),
  endOffset: z.string().nullable().describe("The last message in the log."),
  lag: z
    .number()
    .int()
    .nullable()
    .describe(
      "Messages in the log that are not stored. At a past moment: saga events that had happened then, by their `time`, and were stored later, each id once, in the partition from which it was stored first; and messages that became dead letters later, by Kafka's time. What happened at the moment itself had happened, what was stored at it was stored, to the millisecond. Of what is still stored; of telemetry, and of events that a mapping makes of spans, nothing is told.",
    ),
  oldestWaiting: z
    .object({ fromMs: Milliseconds, toMs: Milliseconds.nullable() })
    .nullable()
    .describe(
      "Between which ages the oldest of them is, in ms; null where none waits. `to` is null where it is older than a week. At a past moment both are the same: how long before it the oldest had happened.",
    ),
  inPerSecond: z
    .number()
    .nullable()
    .describe(
      "Messages a second that came in, and that were stored, over the last minute; the last before a past moment.",
    ),
  storedPerSecond: z.number().nullable(),
  newestEventAt: Moment.nullable(),
  newestIngestAt: Moment.nullable(),
});
export type PartitionProgress = z.infer<typeof PartitionProgress>;

/**
 * Of one partition of saga events, since it was first read or its topic was made anew: messages in = rows stored + dead + lost,
 * or `balance` says how many are missing.
 */
export const PartitionBalance = z.object({
  topic: z.string(),
  partition: z.number().int(),
  firstOffset: z.string(),
  lastOffset: z.string(),
  messages: z.number().int(),
  stored: z.number().int(),
  dead: z.number().int(),
  lost: z.number().int().describe("In gaps that ingest noticed."),
  balance: z.number().int().describe("`messages - stored - dead - lost`."),
});
export type PartitionBalance = z.infer<typeof PartitionBalance>;

export const TableSize = z.object({
  table: z.string(),
  rows: z.number().int(),
  bytes: z.number().int().describe("Bytes on disk."),
  rawBytes: z.number().int().describe("Bytes before compression."),
  keptHours: z.number().int().nullable().describe("How long rows are kept, in hours; null is for ever."),
});
export type TableSize = z.infer<typeof TableSize>;

/**
 * `GET /api/v1/pipeline`. With `at`, a past moment: what waited then, and the duplicates and gaps of the time up to it. `kafka` is
 * not asked, and `balance` and `tables`, which are known of now alone, are empty.
 */
export const Pipeline = z.object({
  at: z.string().nullable().describe("The past moment that it tells of; null for now."),
  ...Stretch,
  partitions: z.array(PartitionProgress),
  kafka: ReplayOffer.describe("Whether Kafka was asked, and if not, why: lag and rates are then unknown."),
  balance: z.array(PartitionBalance),
  duplicates: z
    .object({
      count: z.number().int(),
      atLeast: z
        .boolean()
        .describe("True always where an earlier copy may lie before `from`: there are at least so many."),
      rows: z.number().int(),
      from: z.string(),
    })
    .describe("Events stored a second time among the rows stored since `from`."),
  gaps: z.array(
    z.object({
      topic: z.string(),
      partition: z.number().int(),
      fromOffset: z.string(),
      toOffset: z.string(),
      messages: z.number().int(),
      noticedAt: Moment,
      reason: z.string(),
    }),
  ),
  tables: z.array(TableSize),
  ...Cost.shape,
});
export type Pipeline = z.infer<typeof Pipeline>;
