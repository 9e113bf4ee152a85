import { z } from "zod";
import { Cost, Milliseconds, Moment } from "./answer.ts";

/** One attempt at a step, or at the compensation of the step `compensates`. Moments are ms since the saga's start. */
export const Move = z.object({
  step: z.string(),
  compensates: z.string(),
  attempt: z.number().int(),
  outcome: z.enum(["running", "completed", "failed"]),
  atMs: z.number().describe("Milliseconds since the saga's start."),
  durationMs: z.number().nullable().describe("Milliseconds. Null where it did not end, or its beginning was not told."),
  errorCode: z.string(),
});
export type Move = z.infer<typeof Move>;

/** How a step usually goes, in the sagas that the typical one was taken from. */
export const UsualStep = z.object({
  step: z.string(),
  compensates: z.string(),
  share: z.number().describe("The share of those sagas in which it was tried."),
  p50Ms: Milliseconds.nullable(),
  p95Ms: Milliseconds.nullable(),
});
export type UsualStep = z.infer<typeof UsualStep>;

/** Two moves side by side, or one that the other saga does not have. */
export const AlignedMove = z.object({
  kind: z.enum(["same", "slower", "faster", "outcome", "onlyHere", "onlyThere"]),
  here: Move.nullable(),
  there: Move.nullable(),
  differenceMs: z
    .number()
    .nullable()
    .describe("Milliseconds. How much longer it took here; null where that is not known of both."),
  weight: z.number().describe("How far apart they are, from 0; an extra or missing move is 1."),
});
export type AlignedMove = z.infer<typeof AlignedMove>;

const Compared = z.object({
  id: z.string(),
  type: z.string(),
  version: z.string(),
  startedAt: Moment,
  state: z.string(),
  durationMs: Milliseconds,
  moves: z.number().int(),
});

/** `GET /api/v1/sagas/{id}/compare` */
export const SagaComparison = z.object({
  here: Compared,
  there: Compared,
  typicalOf: z
    .object({ sagas: z.number().int(), from: z.string(), to: z.string() })
    .nullable()
    .describe("The sagas from which the typical one was taken; null where another saga was asked for."),
  usual: z
    .array(UsualStep)
    .describe("By step, of the sagas that the typical one was taken from; empty where another saga was asked for."),
  differences: z.array(AlignedMove).describe("What differs, the heaviest first."),
  aligned: z.array(AlignedMove).describe("All, in the order in which they happened."),
  movesCut: z.boolean().describe("True where a saga has more moves than were compared."),
  ...Cost.shape,
});
export type SagaComparison = z.infer<typeof SagaComparison>;
