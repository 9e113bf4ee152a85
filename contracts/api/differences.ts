import { z } from "zod";
import { Cost, Stretch } from "./answer.ts";

const SetAndRest = z.object({ set: z.number(), rest: z.number() });

/** Something that the sagas of a set bear more often than the rest. */
export const Difference = z.object({
  kind: z.enum(["label", "service", "serviceVersion", "sagaVersion", "step", "failedStep", "error", "hour"]),
  value: z
    .string()
    .describe("`key=value` of a label, `service@version`, a step, a code, or the hour of the day in UTC."),
  share: SetAndRest.describe("Shares, from 0 to 1."),
  lift: z.number(),
  p: z.number(),
  q: z.number(),
  weight: z.number(),
});

/** `GET /api/v1/sagas/differences`: what sets the sagas that match apart from the others of the same time. */
export const Differences = z.object({
  ...Stretch,
  sagas: SetAndRest.describe("How many match, and how many others there are."),
  lookedAt: SetAndRest.describe(
    "How many of each were looked at: all, or one in `sampledOneIn` by the hash of their ids.",
  ),
  sampledOneIn: SetAndRest,
  features: z.number().int().describe("How many features were looked at."),
  falseShare: z.number().describe("At most this share of what is told is there by chance."),
  differences: z.array(Difference),
  ...Cost.shape,
});
export type Differences = z.infer<typeof Differences>;
