import { z } from "zod";
import { Cost } from "./answer.ts";
import { LogRow } from "./saga.ts";

/** `GET /api/v1/logs`: the log lines of a stretch of time that match, the newest first. */
export const Logs = z.object({
  from: z.string(),
  to: z.string(),
  logs: z.array(LogRow),
  /** `cursor` of the next page; null on the last. */
  next: z.string().nullable(),
  /** Exact number of lines that match, all pages. */
  total: z.number().int(),
  bucketSeconds: z.number().int(),
  /** How many there are, by severity; `none` is of those that say none. */
  series: z.array(z.object({ at: z.string(), lines: z.record(z.string(), z.number().int()) })),
  ...Cost.shape,
});
export type Logs = z.infer<typeof Logs>;
