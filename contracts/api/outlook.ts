import { z } from "zod";
import { Milliseconds, Moment } from "./answer.ts";

/** What comes next for an open saga, from its peers: sagas that were where it is, waited as long, and have ended. */
export const Outlook = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("known"),
    peers: z.number().int(),
    peersOf: z
      .enum(["version", "type"])
      .describe(
        "Whether they are of the saga's own version, or of all versions of its type, where its own has too few.",
      ),
    next: z
      .array(z.object({ kind: z.enum(["start", "step", "compensation", "end"]), name: z.string(), odds: z.number() }))
      .describe("What begins next, or the end, likeliest first; shares of the peers."),
    remainingSteps: z
      .number()
      .int()
      .describe("Steps and compensations that are still to begin, of the middle one of the peers."),
    end: z
      .object({ p50At: Moment, p90At: Moment, p50Ms: Milliseconds, p90Ms: Milliseconds })
      .describe("When it ends: half of the peers, and nine in ten, had ended by then. ISO 8601 UTC, and ms from now."),
    failing: z
      .object({ odds: z.number(), low: z.number(), high: z.number() })
      .describe("The odds that it does not complete, with the 95 % interval that the number of peers leaves."),
    compensated: z.number().describe("In which way: undone, or failed."),
    failed: z.number(),
  }),
  z.object({
    kind: z.literal("unknown"),
    reason: z.enum(["ended", "too_few_peers", "waits_longer_than_peers"]),
  }),
]);
export type Outlook = z.infer<typeof Outlook>;

/** From when on an open saga is overdue, and why; of a saga that has ended there is none. */
export const SagaLimit = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("declared"), at: Moment }),
  z.object({
    kind: z.literal("learned"),
    at: Moment,
    position: z.string().describe("What it waits in: the kind of its last event, its step and attempt."),
    since: z.string().describe("Since when, ISO 8601 UTC, and for how long at most, as of 999 in 1000 of its peers."),
    limitMs: Milliseconds,
    samples: z.number().int().describe("How many waits that was learned from, and how long half of them were at most."),
    usualMs: Milliseconds.nullable(),
  }),
]);
export type SagaLimit = z.infer<typeof SagaLimit>;
