import { z } from "zod";
import { deadLetterStates } from "#contracts/words.ts";
import { Cost } from "./answer.ts";

export const DeadLetterState = z.enum(deadLetterStates);
export type DeadLetterState = z.infer<typeof DeadLetterState>;

/** Bytes: as text where they are UTF-8, else in base64. */
export const Bytes = z.object({ encoding: z.enum(["text", "base64"]), content: z.string() });
export type Bytes = z.infer<typeof Bytes>;

/** A message that could not be stored, with all tries of it as one. */
export const DeadLetter = z.object({
  /** `topic:partition:offset` of the first try. */
  id: z.string(),
  topic: z.string(),
  partition: z.number().int(),
  offset: z.string(),
  /** Above 0 for a record of a message whose other records live; from 1,000,000,000 on for a span that only its saga lacks. */
  part: z.number().int(),
  state: DeadLetterState,
  /** Why the newest try died. */
  reason: z.string(),
  detail: z.string(),
  /** How often it was tried: once, and once a replay. */
  tries: z.number().int(),
  firstDeadAt: z.string(),
  deadAt: z.string(),
  /** When the newest replay began. */
  replayedAt: z.string().nullable(),
  /** Null where the message has none. */
  key: z.string().nullable(),
  bytes: z.number().int(),
  /** How the value begins; what is no UTF-8 is replaced. */
  preview: z.string(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** Whether letters can be replayed here, and if not, what is missing. */
export const ReplayOffer = z.object({ available: z.boolean(), why: z.string().nullable() });
export type ReplayOffer = z.infer<typeof ReplayOffer>;

const Facet = z.record(z.string(), z.number().int());

/** `GET /api/v1/dead-letters`: those that died within the time asked for, the newest first. */
export const DeadLetterList = z.object({
  letters: z.array(DeadLetter),
  /** `cursor` of the next page; null on the last. */
  next: z.string().nullable(),
  total: z.number().int(),
  facets: z.object({ state: Facet, reason: Facet, topic: Facet }),
  replay: ReplayOffer,
  ...Cost.shape,
});
export type DeadLetterList = z.infer<typeof DeadLetterList>;

const Place = z.object({ topic: z.string(), partition: z.number().int(), offset: z.string() });

/** `GET /api/v1/dead-letters/{id}`: the newest try with its bytes, and what became of each. */
export const DeadLetterDetail = z.object({
  letter: DeadLetter,
  key: Bytes.nullable(),
  /** Null where the message has none (a tombstone). */
  value: Bytes.nullable(),
  /** True where the value is longer than what is told of it. */
  valueCut: z.boolean(),
  headers: z.array(z.object({ name: z.string(), value: Bytes.nullable() })),
  messageAt: z.string(),
  deaths: z.array(z.object({ ...Place.shape, at: z.string(), reason: z.string(), detail: z.string() })),
  replays: z.array(
    z.object({
      id: z.string(),
      at: z.string(),
      actor: z.string(),
      stage: z.enum(["begun", "sent", "refused"]),
      edited: z.boolean(),
      /** Where it stands now; null unless it was sent. */
      place: Place.nullable(),
      /** The saga that it tells of, where it says so. */
      sagaId: z.string().nullable(),
      problem: z.string().nullable(),
    }),
  ),
  /** Whether the newest replay is among its saga's events; null where there is no telling. */
  stored: z.boolean().nullable(),
  /** Why it cannot be sent again, wherever Kafka is, and what to do instead; null where it can. */
  notReplayable: z.string().nullable(),
  replay: ReplayOffer,
  ...Cost.shape,
});
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>;

/** `POST /api/v1/dead-letters/{id}/replay`; without a value or a patch, what is sent is what died. */
export const ReplayRequest = z
  .strictObject({
    /** The whole value instead. */
    value: Bytes.optional(),
    /** A JSON merge patch (RFC 7396) of the value. */
    patch: z.json().optional(),
  })
  .refine(({ value, patch }) => value === undefined || patch === undefined, "give either a value or a patch");
export type ReplayRequest = z.infer<typeof ReplayRequest>;

/** What a replay has led to. */
export const Replayed = z.object({
  replay: z.string(),
  letter: z.string(),
  ...Place.shape,
  sagaId: z.string().nullable(),
  eventId: z.string().nullable(),
});
export type Replayed = z.infer<typeof Replayed>;
