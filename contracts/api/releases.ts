import { z } from "zod";
import { Cost } from "./answer.ts";

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
  /** The canary's share less the baseline's, with the widest interval that theirs allow. */
  difference: z.object({ share: z.number().nullable(), low: z.number(), high: z.number() }),
  margin: z.number(),
  isWithinMargin: z.boolean(),
  /** E-values: each says something from `needed` on, at any look. */
  evidence: Evidence,
  needed: Evidence,
  /** Sagas of both versions that it took to reach the verdict; null while it is unknown. */
  sagasNeeded: z.number().int().nullable(),
});

/** Two versions of a service, or of a saga's definition where `service` is null, held against each other. */
export const ReleaseComparison = z.object({
  /** What a canary analysis reads: `pass`, `fail`, or not enough yet. */
  result: z.enum(["pass", "fail", "inconclusive"]),
  /** The same as a number: 1, -1, 0. */
  value: z.number().int(),
  /** Why, in a sentence. */
  reason: z.string(),
  type: z.string(),
  service: z.string().nullable(),
  baseline: z.string(),
  canary: z.string(),
  /** The sagas compared are those that started from here on; null where nothing tells when the canary began. */
  since: z.string().nullable(),
  /** `concurrent`: minutes in which both ran are compared. `before`: the canary with what the baseline did in the day before. */
  pairing: z.enum(["concurrent", "before"]),
  /** Each saga is judged by what it was this long after its start: the baseline's p99. */
  settleMs: z.number().nullable(),
  /** The baseline's durations that the canary is held against: p50, p75, p90, p95. */
  durationsMs: z.array(z.number()),
  alpha: z.number(),
  fewest: z.number().int(),
  sagas: z.object({
    baseline: z.number().int(),
    canary: z.number().int(),
    /** They touched more than one version of the service, and are left out. */
    mixed: z.number().int(),
    /** Too young to be judged. */
    unsettled: z.number().int(),
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
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
  /** They met this version of the service and no other. */
  sagas: z.number().int(),
  /** They met another version too, and count here alone. */
  mixed: z.number().int(),
  ended: z.number().int(),
  /** Of those that ended. */
  failure: Rate,
  compensation: Rate,
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});
export type ReleaseVersion = z.infer<typeof ReleaseVersion>;

/** `GET /api/v1/releases` */
export const Releases = z.object({
  from: z.string(),
  to: z.string(),
  /** By type and service, newest first. */
  versions: z.array(ReleaseVersion),
  /** True where there are more versions than are listed. */
  versionsCut: z.boolean(),
  /** The two versions asked for, or the two newest of the type and service asked for; null where there are not two. */
  comparison: ReleaseComparison.nullable(),
  ...Cost.shape,
});
export type Releases = z.infer<typeof Releases>;
