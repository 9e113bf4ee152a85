import { z } from "zod";
import { Cost } from "./answer.ts";

/** `GET /api/v1/services`: what each version of each service was asked to do, by the spans of requests served and messages taken. */
export const Services = z.object({
  from: z.string(),
  to: z.string(),
  bucketSeconds: z.number().int(),
  /** Most requests first. */
  services: z.array(
    z.object({
      service: z.string(),
      /** Empty where its spans do not tell. */
      version: z.string(),
      requests: z.number().int(),
      errors: z.number().int(),
      p50Ms: z.number(),
      p95Ms: z.number(),
      p99Ms: z.number(),
      series: z.array(z.object({ at: z.string(), requests: z.number().int(), errors: z.number().int() })),
    }),
  ),
  /** True where there are more than are listed. */
  cut: z.boolean(),
  ...Cost.shape,
});
export type Services = z.infer<typeof Services>;

/** A way that work goes: a call from service to service, or a message from a service into a queue or from there to one. */
export const MapEdge = z.object({
  from: z.string(),
  to: z.string(),
  kind: z.enum(["call", "message"]),
  count: z.number().int(),
  perSecond: z.number(),
  errors: z.number().int(),
  /** Of a call and a message taken, how long it was worked on; of a message sent, how long sending took. */
  p95Ms: z.number(),
});
export type MapEdge = z.infer<typeof MapEdge>;

/** `GET /api/v1/services/map` */
export const ServiceMap = z.object({
  from: z.string(),
  to: z.string(),
  /** `node` names it in edges: `service NAME` or `queue TOPIC`. */
  nodes: z.array(z.object({ node: z.string(), kind: z.enum(["service", "queue"]), name: z.string() })),
  /** Most first. */
  edges: z.array(MapEdge),
  /** True where there are more than are listed. */
  cut: z.boolean(),
  ...Cost.shape,
});
export type ServiceMap = z.infer<typeof ServiceMap>;
