import { z } from "zod";
import { Cost } from "./answer.ts";

/** `GET /api/v1/gateway` */
export const Gateway = z.object({
  from: z.string(),
  to: z.string(),
  bucketSeconds: z.number().int(),
  total: z.object({
    requests: z.number().int(),
    clientErrors: z.number().int(),
    serverErrors: z.number().int(),
    p50Ms: z.number().nullable(),
    p95Ms: z.number().nullable(),
    p99Ms: z.number().nullable(),
  }),
  series: z.array(
    z.object({
      at: z.string(),
      /** Requests by status class. */
      s2xx: z.number().int(),
      s3xx: z.number().int(),
      s4xx: z.number().int(),
      s5xx: z.number().int(),
      p50Ms: z.number().nullable(),
      p95Ms: z.number().nullable(),
    }),
  ),
  routes: z.array(
    z.object({
      method: z.string(),
      route: z.string(),
      requests: z.number().int(),
      clientErrors: z.number().int(),
      serverErrors: z.number().int(),
      p50Ms: z.number(),
      p95Ms: z.number(),
      p99Ms: z.number(),
      /** How the sagas that this route started ended, by state. */
      sagas: z.record(z.string(), z.number().int()),
    }),
  ),
  /** The newest requests, each with its trace and the saga that it started. */
  requests: z.array(
    z.object({
      at: z.string(),
      method: z.string(),
      route: z.string(),
      target: z.string(),
      status: z.number().int(),
      outcome: z.string(),
      durationMs: z.number(),
      traceId: z.string(),
      sagaId: z.string().nullable(),
    }),
  ),
  ...Cost.shape,
});
export type Gateway = z.infer<typeof Gateway>;
