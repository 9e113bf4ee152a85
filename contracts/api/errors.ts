import { z } from "zod";
import { BucketSeconds, Cost, NanoMoment, Stretch } from "./answer.ts";

/** Errors of one code, in one step, whose messages are the same but for ids, numbers, hosts, times and quoted values. */
export const ErrorFingerprint = z.object({
  fingerprint: z
    .string()
    .describe("16 hex digits; `fingerprint` of the list of sagas opens those that are counted here."),
  code: z.string(),
  step: z.string(),
  kind: z.string().describe("The message with `*` for what varies."),
  message: z.string().describe("The newest message as it came."),
  events: z.number().int().describe("Events, each once."),
  sagas: z.number().int(),
  firstSeenAt: NanoMoment.describe("Of all that is stored, not of the range alone. RFC 3339 with nanoseconds, UTC."),
  isNew: z.boolean().describe("Whether it was never seen before this stretch of time."),
  lastSeenAt: NanoMoment,
  types: z.array(z.string()),
  services: z.array(z.string()),
  versions: z.array(z.string()),
  exampleSagas: z.array(z.string()).describe("Some of the sagas that met it, five at most."),
  sparkline: z.array(z.number().int()).describe("Events by bucket of the saga's start, oldest first."),
});
export type ErrorFingerprint = z.infer<typeof ErrorFingerprint>;

/** `GET /api/v1/errors`: of the sagas that started in the range, those that most sagas met first. */
export const Errors = z.object({
  ...Stretch,
  bucketSeconds: BucketSeconds,
  errors: z.array(ErrorFingerprint),
  errorsCut: z.boolean().describe("True where there are more than are listed."),
  ...Cost.shape,
});
export type Errors = z.infer<typeof Errors>;
