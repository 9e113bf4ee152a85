import { z } from "zod";
import { BucketSeconds, Cost, Milliseconds, Moment, Stretch } from "./answer.ts";

const Percentiles = z.object({
  count: z.number().int(),
  p50Ms: Milliseconds.nullable(),
  p95Ms: Milliseconds.nullable(),
  p99Ms: Milliseconds.nullable(),
});

/** `GET /api/v1/latency`: of whole sagas, or of one step where `step` is given. */
export const Latency = z.object({
  ...Stretch,
  bucketSeconds: BucketSeconds,
  series: z
    .array(Percentiles.extend({ at: Moment }))
    .describe("Percentiles over time; an empty bucket has count 0 and nulls."),
  rows: z
    .array(Percentiles.extend({ type: z.string(), step: z.string(), sparkline: z.array(z.number().nullable()) }))
    .describe("One row a type and step; `step` is empty for the whole saga."),
  heatmap: z
    .object({ boundsMs: z.array(Milliseconds), columns: z.array(z.array(z.number().int())) })
    .describe(
      "How often durations fell into each cell, of the same as `series`: a column a bucket of it, its cells from `boundsMs[i]` to below `boundsMs[i + 1]`. Empty where nothing ended.",
    ),
  types: z.array(z.string()),
  ...Cost.shape,
});
export type Latency = z.infer<typeof Latency>;
