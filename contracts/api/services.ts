import { z } from "zod";
import { BucketSeconds, Cost, Milliseconds, Moment, Stretch } from "./answer.ts";

/** `GET /api/v1/services`: what each version of each service was asked to do, by the spans of requests served and messages taken. */
export const Services = z.object({
  ...Stretch,
  bucketSeconds: BucketSeconds,
  services: z
    .array(
      z.object({
        service: z.string(),
        version: z.string().describe("Empty where its spans do not tell."),
        requests: z.number().int(),
        errors: z.number().int(),
        p50Ms: Milliseconds,
        p95Ms: Milliseconds,
        p99Ms: Milliseconds,
        series: z.array(z.object({ at: Moment, requests: z.number().int(), errors: z.number().int() })),
      }),
    )
    .describe("Most requests first."),
  cut: z.boolean().describe("True where there are more than are listed."),
  ...Cost.shape,
});
export type Services = z.infer<typeof Services>;

/** A way that work goes: a call from service to service, or a message from a service into a queue or from there to one. */
export const MapEdge = z.object({
  from: z.string().describe("The node that it leaves."),
  to: z.string().describe("The node that it leads to."),
  kind: z.enum(["call", "message"]),
  count: z.number().int(),
  perSecond: z.number(),
  errors: z.number().int(),
  p95Ms: z
    .number()
    .describe(
      "Milliseconds. Of a call and a message taken, how long it was worked on; of a message sent, how long sending took.",
    ),
});
export type MapEdge = z.infer<typeof MapEdge>;

/** `GET /api/v1/services/map` */
export const ServiceMap = z.object({
  ...Stretch,
  nodes: z
    .array(z.object({ node: z.string(), kind: z.enum(["service", "queue"]), name: z.string() }))
    .describe("`node` names it in edges: `service NAME` or `queue TOPIC`."),
  edges: z.array(MapEdge).describe("Most first."),
  cut: z.boolean().describe("True where there are more than are listed."),
  ...Cost.shape,
});
export type ServiceMap = z.infer<typeof ServiceMap>;
