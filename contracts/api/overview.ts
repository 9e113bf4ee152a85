import { z } from "zod";
import { Cost } from "./answer.ts";

const Counts = z.object({
  started: z.number().int(),
  running: z.number().int(),
  completed: z.number().int(),
  compensating: z.number().int(),
  compensated: z.number().int(),
  failed: z.number().int(),
  resolved: z.number().int(),
  overdue: z.number().int(),
  inconsistent: z.number().int(),
});

/** Outcomes of the sagas that ended in this bucket, and those that started in it. */
const OutcomeBucket = z.object({
  /** Start of the bucket, ISO 8601 UTC. */
  at: z.string(),
  started: z.number().int(),
  completed: z.number().int(),
  compensated: z.number().int(),
  failed: z.number().int(),
});

/** `GET /api/v1/overview` */
export const Overview = z.object({
  from: z.string(),
  to: z.string(),
  bucketSeconds: z.number().int(),
  counts: Counts,
  /** The same stretch a week before; null where nothing is stored from then. */
  lastWeek: Counts.nullable(),
  outcomes: z.array(OutcomeBucket),
  /** What is wrong: errors by code and step, most sagas first. */
  errors: z.array(
    z.object({
      code: z.string(),
      step: z.string(),
      message: z.string(),
      sagas: z.number().int(),
      firstSeenAt: z.string(),
      lastSeenAt: z.string(),
      /** Sagas per bucket over the range, oldest first. */
      sparkline: z.array(z.number().int()),
    }),
  ),
  slowestSteps: z.array(
    z.object({
      type: z.string(),
      step: z.string(),
      count: z.number().int(),
      p50Ms: z.number(),
      p95Ms: z.number(),
      /** p95 a week before; null where there was too little. */
      lastWeekP95Ms: z.number().nullable(),
      sparkline: z.array(z.number().nullable()),
    }),
  ),
  ...Cost.shape,
});
export type Overview = z.infer<typeof Overview>;
