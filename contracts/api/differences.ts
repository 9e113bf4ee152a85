import { z } from "zod";
import { Cost } from "./answer.ts";

const SetAndRest = z.object({ set: z.number(), rest: z.number() });

/** Something that the sagas of a set bear more often than the rest. */
export const Difference = z.object({
  kind: z.enum(["label", "service", "serviceVersion", "sagaVersion", "step", "failedStep", "error", "hour"]),
  /** `key=value` of a label, `service@version`, a step, a code, or the hour of the day in UTC. */
  value: z.string(),
  /** Shares, from 0 to 1. */
  share: SetAndRest,
  lift: z.number(),
  p: z.number(),
  q: z.number(),
  weight: z.number(),
});

/** `GET /api/v1/sagas/differences`: what sets the sagas that match apart from the others of the same time. */
export const Differences = z.object({
  from: z.string(),
  to: z.string(),
  /** How many match, and how many others there are. */
  sagas: SetAndRest,
  /** How many of each were looked at: all, or one in `sampledOneIn` by the hash of their ids. */
  lookedAt: SetAndRest,
  sampledOneIn: SetAndRest,
  /** How many features were looked at. */
  features: z.number().int(),
  /** At most this share of what is told is there by chance. */
  falseShare: z.number(),
  differences: z.array(Difference),
  ...Cost.shape,
});
export type Differences = z.infer<typeof Differences>;
