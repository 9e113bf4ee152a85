import { z } from "zod";
import { Cost, Milliseconds, Moment, Stretch } from "./answer.ts";

/** A share of sagas, with the interval that holds the true one however often it is looked at. */
const Rate = z.object({
  count: z.number().int(),
  of: z.number().int(),
  rate: z.number().nullable(),
  low: z.number(),
  high: z.number(),
});

const Evidence = z.object({ worse: z.number(), better: z.number(), within: z.number() });

export const ReleaseMetric = z.enum(["failure", "compensation", "latency"]);

/** One metric of two versions. Of `latency` the share is of sagas that took longer than the baseline's p95. */
export const MetricComparison = z.object({
  metric: ReleaseMetric,
  verdict: z.enum(["worse", "better", "within", "unknown"]),
  baseline: Rate,
  canary: Rate,
  difference: z
    .object({ share: z.number().nullable().describe("As a share of its sagas."), low: z.number(), high: z.number() })
    .describe("The canary's share less the baseline's, with the widest interval that theirs allow."),
  margin: z.number(),
  isWithinMargin: z.boolean(),
  evidence: Evidence.describe("E-values: each says something from `needed` on, at any look."),
  needed: Evidence,
  sagasNeeded: z
    .number()
    .int()
    .nullable()
    .describe("Sagas of both versions that it took to reach the verdict; null while it is unknown."),
});

/** Two versions of a service, or of a saga's definition where `service` is null, held against each other. */
export const ReleaseComparison = z.object({
  result: z
    .enum(["pass", "fail", "inconclusive"])
    .describe("What a canary analysis reads: `pass`, `fail`, or not enough yet."),
  value: z.number().int().describe("The same as a number: 1, -1, 0."),
  reason: z.string().describe("Why, in a sentence."),
  type: z.string(),
  service: z.string().nullable(),
  baseline: z.string(),
  canary: z.string(),
  since: z
    .string()
    .nullable()
    .describe(
      "The sagas compared are those that started from this moment on; null where nothing tells when the canary began.",
    ),
  pairing: z
    .enum(["concurrent", "before"])
    .describe(
      "`concurrent`: minutes in which both ran are compared. `before`: the canary with what the baseline did in the day before.",
    ),
  settleMs: z
    .number()
    .nullable()
    .describe("Milliseconds. Each saga is judged by what it was this long after its start: the baseline's p99."),
  durationsMs: z
    .array(z.number())
    .describe("Milliseconds. The baseline's durations that the canary is held against: p50, p75, p90, p95."),
  alpha: z.number(),
  fewest: z.number().int(),
  sagas: z.object({
    baseline: z.number().int(),
    canary: z.number().int(),
    mixed: z.number().int().describe("They touched more than one version of the service, and are left out."),
    unsettled: z.number().int().describe("Too young to be judged."),
  }),
  metrics: z.array(MetricComparison),
});
export type ReleaseComparison = z.infer<typeof ReleaseComparison>;

/** `GET /api/v1/releases/verdict` */
export const ReleaseVerdict = z.object({ ...ReleaseComparison.shape, ...Cost.shape });
export type ReleaseVerdict = z.infer<typeof ReleaseVerdict>;

/** A version of a service as the sagas of one type met it; of the saga's own definition where `service` is null. */
export const ReleaseVersion = z.object({
  type: z.string(),
  service: z.string().nullable(),
  version: z.string(),
  firstSeenAt: Moment,
  lastSeenAt: Moment,
  sagas: z.number().int().describe("They met this version of the service and no other."),
  mixed: z.number().int().describe("They met another version too, and count here alone."),
  ended: z.number().int(),
  failure: Rate.describe("Of those that ended."),
  compensation: Rate,
  p50Ms: Milliseconds.nullable(),
  p95Ms: Milliseconds.nullable(),
  p99Ms: Milliseconds.nullable(),
});
export type ReleaseVersion = z.infer<typeof ReleaseVersion>;

/** `GET /api/v1/releases` */
export const Releases = z.object({
  ...Stretch,
  versions: z.array(ReleaseVersion).describe("By type and service, newest first."),
  versionsCut: z.boolean().describe("True where there are more versions than are listed."),
  comparison: ReleaseComparison.nullable().describe(
    "The two versions asked for, or the two newest of the type and service asked for; null where there are not two.",
  ),
  ...Cost.shape,
});
export type Releases = z.infer<typeof Releases>;
