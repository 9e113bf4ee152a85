import { z } from "zod";
import { Cost } from "./answer.ts";

/** Errors of one code, in one step, whose messages are the same but for ids, numbers, hosts, times and quoted values. */
export const ErrorFingerprint = z.object({
  /** 16 hex digits; `fingerprint` of the list of sagas opens those that are counted here. */
  fingerprint: z.string(),
  code: z.string(),
  step: z.string(),
  /** The message with `*` for what varies. */
  kind: z.string(),
  /** The newest message as it came. */
  message: z.string(),
  /** Events, each once. */
  events: z.number().int(),
  sagas: z.number().int(),
  /** Of all that is stored, not of the range alone. */
  firstSeenAt: z.string(),
  /** Whether it was never seen before this stretch of time. */
  isNew: z.boolean(),
  lastSeenAt: z.string(),
  types: z.array(z.string()),
  services: z.array(z.string()),
  versions: z.array(z.string()),
  /** Some of the sagas that met it, five at most. */
  exampleSagas: z.array(z.string()),
  /** Events by bucket of the saga's start, oldest first. */
  sparkline: z.array(z.number().int()),
});
export type ErrorFingerprint = z.infer<typeof ErrorFingerprint>;

/** `GET /api/v1/errors`: of the sagas that started in the range, those that most sagas met first. */
export const Errors = z.object({
  from: z.string(),
  to: z.string(),
  bucketSeconds: z.number().int(),
  errors: z.array(ErrorFingerprint),
  /** True where there are more than are listed. */
  errorsCut: z.boolean(),
  ...Cost.shape,
});
export type Errors = z.infer<typeof Errors>;
