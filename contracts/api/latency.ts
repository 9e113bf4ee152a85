import { z } from "zod";
import { Cost } from "./answer.ts";

const Percentiles = z.object({
  count: z.number().int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});

/** `GET /api/v1/latency`: of whole sagas, or of one step where `step` is given. */
export const Latency = z.object({
  from: z.string(),
  to: z.string(),
  bucketSeconds: z.number().int(),
  /** Percentiles over time; an empty bucket has count 0 and nulls. */
  series: z.array(Percentiles.extend({ at: z.string() })),
  /** One row a type and step; `step` is empty for the whole saga. */
  rows: z.array(Percentiles.extend({ type: z.string(), step: z.string(), sparkline: z.array(z.number().nullable()) })),
  /**
   * How often durations fell into each cell, of the same as `series`: a column a bucket of it, its cells from `boundsMs[i]` to below
   * `boundsMs[i + 1]`. Empty where nothing ended.
   */
  heatmap: z.object({ boundsMs: z.array(z.number()), columns: z.array(z.array(z.number().int())) }),
  types: z.array(z.string()),
  ...Cost.shape,
});
export type Latency = z.infer<typeof Latency>;
