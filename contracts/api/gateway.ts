import { z } from "zod";
import { BucketSeconds, Cost, Milliseconds, Moment, NanoMoment, Stretch } from "./answer.ts";

/** `GET /api/v1/gateway` */
export const Gateway = z.object({
  ...Stretch,
  bucketSeconds: BucketSeconds,
  total: z.object({
    requests: z.number().int(),
    clientErrors: z.number().int(),
    serverErrors: z.number().int(),
    p50Ms: Milliseconds.nullable(),
    p95Ms: Milliseconds.nullable(),
    p99Ms: Milliseconds.nullable(),
  }),
  series: z.array(
    z.object({
      at: Moment,
      s2xx: z.number().int().describe("Requests by status class."),
      s3xx: z.number().int(),
      s4xx: z.number().int(),
      s5xx: z.number().int(),
      p50Ms: Milliseconds.nullable(),
      p95Ms: Milliseconds.nullable(),
    }),
  ),
  routes: z.array(
    z.object({
      method: z.string(),
      route: z.string(),
      requests: z.number().int(),
      clientErrors: z.number().int(),
      serverErrors: z.number().int(),
      p50Ms: Milliseconds,
      p95Ms: Milliseconds,
      p99Ms: Milliseconds,
      sagas: z.record(z.string(), z.number().int()).describe("How the sagas that this route started ended, by state."),
    }),
  ),
  requests: z
    .array(
      z.object({
        at: NanoMoment,
        method: z.string(),
        route: z.string(),
        target: z.string(),
        status: z.number().int(),
        outcome: z.string(),
        durationMs: Milliseconds,
        traceId: z.string(),
        sagaId: z.string().nullable(),
      }),
    )
    .describe("The newest requests, each with its trace and the saga that it started."),
  ...Cost.shape,
});
export type Gateway = z.infer<typeof Gateway>;
