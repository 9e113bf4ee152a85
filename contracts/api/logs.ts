import { z } from "zod";
import { BucketSeconds, Cost, Moment, Stretch } from "./answer.ts";
import { LogRow } from "./saga.ts";

/** `GET /api/v1/logs`: the log lines of a stretch of time that match, the newest first. */
export const Logs = z.object({
  ...Stretch,
  logs: z.array(LogRow),
  next: z.string().nullable().describe("`cursor` of the next page; null on the last."),
  total: z.number().int().describe("Exact number of lines that match, all pages."),
  bucketSeconds: BucketSeconds,
  series: z
    .array(z.object({ at: Moment, lines: z.record(z.string(), z.number().int()) }))
    .describe("How many there are, by severity; `none` is of those that say none."),
  ...Cost.shape,
});
export type Logs = z.infer<typeof Logs>;
