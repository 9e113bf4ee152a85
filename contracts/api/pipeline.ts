import { z } from "zod";
import { Cost } from "./answer.ts";
import { ReplayOffer } from "./dead-letters.ts";

/**
 * One partition of a topic that ingest reads. Offsets are of the last message; null where nothing is known, as all but `lag`,
 * `oldestWaiting` and `storedPerSecond` is of a past moment.
 */
export const PartitionProgress = z.object({
  topic: z.string(),
  partition: z.number().int(),
  /** The last message that is stored, or dead. */
  storedOffset: z.string().nullable(),
  /** The last message in the log. */
  endOffset: z.string().nullable(),
  /**
   * Messages in the log that are not stored. At a past moment: saga events that had happened then, by their `time`, and were stored
   * later, each id once, in the partition from which it was stored first; and messages that became dead letters later, by Kafka's
   * time. What happened at the moment itself had happened, what was stored at it was stored, to the millisecond. Of what is
   * still stored; of telemetry, and of events that a mapping makes of spans, nothing is told.
   */
  lag: z.number().int().nullable(),
  /**
   * Between which ages the oldest of them is, in ms; null where none waits. `to` is null where it is older than a week. At a past
   * moment both are the same: how long before it the oldest had happened.
   */
  oldestWaiting: z.object({ fromMs: z.number(), toMs: z.number().nullable() }).nullable(),
  /** Messages a second that came in, and that were stored, over the last minute; the last before a past moment. */
  inPerSecond: z.number().nullable(),
  storedPerSecond: z.number().nullable(),
  newestEventAt: z.string().nullable(),
  newestIngestAt: z.string().nullable(),
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
  /** In gaps that ingest noticed. */
  lost: z.number().int(),
  /** `messages - stored - dead - lost`. */
  balance: z.number().int(),
});
export type PartitionBalance = z.infer<typeof PartitionBalance>;

export const TableSize = z.object({
  table: z.string(),
  rows: z.number().int(),
  /** On disk. */
  bytes: z.number().int(),
  /** Before compression. */
  rawBytes: z.number().int(),
  /** How long rows are kept; null is for ever. */
  keptHours: z.number().int().nullable(),
});
export type TableSize = z.infer<typeof TableSize>;

/**
 * `GET /api/v1/pipeline`. With `at`, a past moment: what waited then, and the duplicates and gaps of the time up to it. `kafka` is
 * not asked, and `balance` and `tables`, which are known of now alone, are empty.
 */
export const Pipeline = z.object({
  /** The past moment that it tells of; null for now. */
  at: z.string().nullable(),
  from: z.string(),
  to: z.string(),
  partitions: z.array(PartitionProgress),
  /** Whether Kafka was asked, and if not, why: lag and rates are then unknown. */
  kafka: ReplayOffer,
  balance: z.array(PartitionBalance),
  /** Events stored a second time among the rows stored since `from`. */
  duplicates: z.object({
    count: z.number().int(),
    /** True always where an earlier copy may lie before `from`: there are at least so many. */
    atLeast: z.boolean(),
    rows: z.number().int(),
    from: z.string(),
  }),
  gaps: z.array(
    z.object({
      topic: z.string(),
      partition: z.number().int(),
      fromOffset: z.string(),
      toOffset: z.string(),
      messages: z.number().int(),
      noticedAt: z.string(),
      reason: z.string(),
    }),
  ),
  tables: z.array(TableSize),
  ...Cost.shape,
});
export type Pipeline = z.infer<typeof Pipeline>;
