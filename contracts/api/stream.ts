import { z } from "zod";
import { Cost, Freshness } from "./answer.ts";
import { Problem } from "./problem.ts";

/** How many views one stream tells of, at most. */
export const mostViews = 12;

/** What `GET /api/v1/stream` is asked with. */
export const StreamParams = z.strictObject({
  view: z
    .preprocess((value) => [value].flat(), z.array(z.string()).max(mostViews, `give at most ${mostViews}`))
    .default([]),
});

const View = z
  .string()
  .describe("The path and query of a question, as it was asked for: `/api/v1/sagas?state=failed`.");

/** `data` of the events of `GET /api/v1/stream`, by the event's name. */
export const streamEvents = {
  view: z
    .object({ view: View, answer: z.looseObject(Cost.shape).describe("What the question's own path answers.") })
    .describe(
      "The answer to a view, at once and whenever it changes. The event's `id` says what has been told of every view.",
    ),
  problem: z
    .object({ view: View.nullable(), problem: Problem })
    .describe("Why a view has no answer now; where `view` is null, why the freshness is not known."),
  freshness: Freshness.describe("How fresh the store is, every second."),
};
export type StreamEvents = { readonly [Name in keyof typeof streamEvents]: z.infer<(typeof streamEvents)[Name]> };
