import { z } from "zod";
import { Cost } from "./answer.ts";

/** One attempt at a step, or at the compensation of the step `compensates`. Moments are ms since the saga's start. */
export const Move = z.object({
  step: z.string(),
  compensates: z.string(),
  attempt: z.number().int(),
  outcome: z.enum(["running", "completed", "failed"]),
  atMs: z.number(),
  /** Null where it did not end, or its beginning was not told. */
  durationMs: z.number().nullable(),
  errorCode: z.string(),
});
export type Move = z.infer<typeof Move>;

/** How a step usually goes, in the sagas that the typical one was taken from. */
export const UsualStep = z.object({
  step: z.string(),
  compensates: z.string(),
  /** The share of those sagas in which it was tried. */
  share: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
});
export type UsualStep = z.infer<typeof UsualStep>;

/** Two moves side by side, or one that the other saga does not have. */
export const AlignedMove = z.object({
  kind: z.enum(["same", "slower", "faster", "outcome", "onlyHere", "onlyThere"]),
  here: Move.nullable(),
  there: Move.nullable(),
  /** How much longer it took here; null where that is not known of both. */
  differenceMs: z.number().nullable(),
  /** How far apart they are, from 0; an extra or missing move is 1. */
  weight: z.number(),
});
export type AlignedMove = z.infer<typeof AlignedMove>;

const Compared = z.object({
  id: z.string(),
  type: z.string(),
  version: z.string(),
  startedAt: z.string(),
  state: z.string(),
  durationMs: z.number(),
  moves: z.number().int(),
});

/** `GET /api/v1/sagas/{id}/compare` */
export const SagaComparison = z.object({
  here: Compared,
  there: Compared,
  /** The sagas from which the typical one was taken; null where another saga was asked for. */
  typicalOf: z.object({ sagas: z.number().int(), from: z.string(), to: z.string() }).nullable(),
  /** By step, of the sagas that the typical one was taken from; empty where another saga was asked for. */
  usual: z.array(UsualStep),
  /** What differs, the heaviest first. */
  differences: z.array(AlignedMove),
  /** All, in the order in which they happened. */
  aligned: z.array(AlignedMove),
  /** True where a saga has more moves than were compared. */
  movesCut: z.boolean(),
  ...Cost.shape,
});
export type SagaComparison = z.infer<typeof SagaComparison>;
