import { z } from "zod";
import { Text } from "#contracts/ids.ts";
import { deadLetterStates, waitingLetterStates } from "#contracts/words.ts";
import { AskedMoment, Cost, Moment, Stretch, TimeRange } from "./answer.ts";

export const DeadLetterState = z.enum(deadLetterStates);
export type DeadLetterState = z.infer<typeof DeadLetterState>;

/** Bytes: as text where they are UTF-8, else in base64. */
export const Bytes = z.object({ encoding: z.enum(["text", "base64"]), content: z.string() });
export type Bytes = z.infer<typeof Bytes>;

/** A message that could not be stored, with all tries of it as one. */
export const DeadLetter = z.object({
  id: z.string().describe("`topic:partition:offset` of the first try."),
  topic: z.string(),
  partition: z.number().int(),
  offset: z.string(),
  part: z
    .number()
    .int()
    .describe(
      "Above 0 for a record of a message whose other records live; from 500,000,000 on for one that the store cannot read, from 1,000,000,000 on for a span that only its saga lacks.",
    ),
  state: DeadLetterState,
  reason: z.string().describe("Why the newest try died."),
  detail: z.string(),
  tries: z.number().int().describe("How often it was tried: once, and once a replay."),
  firstDeadAt: Moment,
  deadAt: Moment,
  replayedAt: z.string().nullable().describe("When the newest replay began; null before any. ISO 8601, UTC."),
  key: z.string().nullable().describe("Null where the message has none."),
  bytes: z.number().int().describe("How long the value is, in bytes."),
  preview: z.string().describe("How the value begins; what is no UTF-8 is replaced."),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** Whether letters can be replayed here, and if not, what is missing. */
export const ReplayOffer = z.object({ available: z.boolean(), why: z.string().nullable() });
export type ReplayOffer = z.infer<typeof ReplayOffer>;

const Facet = z.record(z.string(), z.number().int());

/** `GET /api/v1/dead-letters`: those that died within the time asked for, the newest first. */
export const DeadLetterList = z.object({
  letters: z.array(DeadLetter),
  next: z.string().nullable().describe("`cursor` of the next page; null on the last."),
  total: z.number().int(),
  facets: z.object({ state: Facet, reason: Facet, topic: Facet }),
  countedBefore: Moment.describe(
    "Every letter that the facets count died before this moment: give it as `before` to replay those. ISO 8601, UTC.",
  ),
  replay: ReplayOffer,
  ...Cost.shape,
});
export type DeadLetterList = z.infer<typeof DeadLetterList>;

const Place = z.object({ topic: z.string(), partition: z.number().int(), offset: z.string() });

/** `GET /api/v1/dead-letters/{id}`: the newest try with its bytes, and what became of each. */
export const DeadLetterDetail = z.object({
  letter: DeadLetter,
  key: Bytes.nullable(),
  value: Bytes.nullable().describe("Null where the message has none (a tombstone)."),
  valueCut: z.boolean().describe("True where the value is longer than what is told of it."),
  headers: z.array(z.object({ name: z.string(), value: Bytes.nullable() })),
  messageAt: Moment,
  deaths: z.array(z.object({ ...Place.shape, at: Moment, reason: z.string(), detail: z.string() })),
  replays: z.array(
    z.object({
      id: z.string(),
      at: Moment,
      actor: z.string(),
      stage: z.enum(["begun", "sent", "refused"]),
      edited: z.boolean(),
      place: Place.nullable().describe("Where it stands now; null unless it was sent."),
      sagaId: z.string().nullable().describe("The saga that it tells of, where it says so."),
      problem: z.string().nullable(),
    }),
  ),
  stored: z
    .boolean()
    .nullable()
    .describe("Whether the newest replay is among its saga's events; null where there is no telling."),
  notReplayable: z
    .string()
    .nullable()
    .describe("Why it cannot be sent again, wherever Kafka is, and what to do instead; null where it can."),
  replay: ReplayOffer,
  ...Cost.shape,
});
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>;

/** `POST /api/v1/dead-letters/{id}/replay`; without a value or a patch, what is sent is what died. */
export const ReplayRequest = z
  .strictObject({
    value: Bytes.optional().describe("The whole value instead."),
    patch: z.json().optional().describe("A JSON merge patch (RFC 7396) of the value."),
  })
  .refine(({ value, patch }) => value === undefined || patch === undefined, "give either a value or a patch")
  .meta({ not: { required: ["value", "patch"] } });
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

const anyOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(50);
const Name = Text.min(1).max(200);

/** `POST /api/v1/dead-letters/replay`: the filter of the list, and what to send of each. */
export const ReplayMatchingRequest = z
  .strictObject({
    ...TimeRange.shape,
    state: anyOf(DeadLetterState)
      .min(1)
      .default([...waitingLetterStates])
      .describe("In any of these states; by default those that wait for somebody."),
    reason: anyOf(Name).default([]).describe("Dead for any of these reasons; for all by default."),
    topic: anyOf(Name).default([]).describe("From any of these topics; from all by default."),
    patch: z.json().optional().describe("A JSON merge patch (RFC 7396) of each value; without it, what died is sent."),
    before: AskedMoment.optional().describe(
      "What died at this moment or later is left alone: `countedBefore` of the list that somebody has agreed to. ISO 8601 with a zone, from 2000 to 2099.",
    ),
    limit: z.int().min(1).max(500).default(100).describe("At most so many are looked at in one call."),
    cursor: z
      .string()
      .max(6000)
      .optional()
      .describe("`next` of the call before, beside its `from` and `to`; without it, from the newest on."),
  })
  .meta({ not: { required: ["range", "from"] }, dependentRequired: { to: ["from"] } });
export type ReplayMatchingRequest = z.infer<typeof ReplayMatchingRequest>;

const Letters = z.int().min(0);

/** What has become of those that matched and were looked at. */
export const ReplayedMatching = z.object({
  replayed: Letters.describe("How many were sent again."),
  already: Letters.describe("How many nobody has to send: they were replayed, or are being replayed by somebody else."),
  failed: Letters.describe("How many cannot be sent, or were not taken by Kafka."),
  problems: z
    .array(z.object({ letter: z.string(), detail: z.string() }))
    .describe("Why those failed, of the first 20."),
  stopped: z
    .string()
    .nullable()
    .describe("Why it ended before its limit: Kafka does not answer. Null where it did not."),
  next: z.string().nullable().describe("`cursor` of the next call; null where none is left that matched."),
  ...Stretch,
});
export type ReplayedMatching = z.infer<typeof ReplayedMatching>;
