import { z } from "zod";
import { BucketSeconds, Cost, Milliseconds, NanoMoment, Stretch } from "./answer.ts";

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
  at: z.string().describe("Start of the bucket, ISO 8601 UTC."),
  started: z.number().int(),
  completed: z.number().int(),
  compensated: z.number().int(),
  failed: z.number().int(),
});

/** `GET /api/v1/overview` */
export const Overview = z.object({
  ...Stretch,
  bucketSeconds: BucketSeconds,
  counts: Counts,
  lastWeek: Counts.nullable().describe("The same stretch a week before; null where nothing is stored from then."),
  outcomes: z.array(OutcomeBucket),
  errors: z
    .array(
      z.object({
        code: z.string(),
        step: z.string(),
        message: z.string(),
        sagas: z.number().int(),
        firstSeenAt: NanoMoment,
        lastSeenAt: NanoMoment,
        sparkline: z.array(z.number().int()).describe("Sagas per bucket over the range, oldest first."),
      }),
    )
    .describe("What is wrong: errors by code and step, most sagas first."),
  slowestSteps: z.array(
    z.object({
      type: z.string(),
      step: z.string(),
      count: z.number().int(),
      p50Ms: Milliseconds,
      p95Ms: Milliseconds,
      lastWeekP95Ms: z
        .number()
        .nullable()
        .describe("Milliseconds. p95 a week before; null where there was too little."),
      sparkline: z.array(z.number().nullable()),
    }),
  ),
  ...Cost.shape,
});
export type Overview = z.infer<typeof Overview>;
