import { z } from "zod";
import { EventId, SagaId, Text } from "./ids.ts";

// The calendar as text, so that the JSON Schema can say it too: 28 days in any month, 29 and 30 in all but February, 31
// in seven months, and 29 February in years of 366 days.
const day =
  "(?:(?:19[7-9][0-9]|2[01][0-9]{2})-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)" +
  "|(?:19(?:7[26]|8[048]|9[26])|20(?:[02468][048]|[13579][26])|21(?:0[48]|[2468][048]|[13579][26]))-02-29)";
const clock = "[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?";
const zone = "(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";

const noTime = "is not an RFC 3339 date-time between 1970 and 2199 (leap seconds are not taken)";

/** RFC 3339 with a zone and up to nanoseconds, in the years 1970 to 2199; no leap seconds, which no store here keeps. */
export const EventTime = z.string().regex(new RegExp(`^${day}${clock}${zone}$`), noTime);

const Name = Text.min(1).max(200);

export const SagaError = z.object({
  code: Name,
  message: Text.max(10_000).default(""),
  retryable: z.boolean().default(false),
});
export type SagaError = z.infer<typeof SagaError>;

export const Labels = z.record(Text.min(1).max(100), Text.max(1000));

// What may be left out may be empty as well, which says no more: some languages write the fields of an event whether they are set or not.
const TimeOrNone = z.string().regex(new RegExp(`^(?:${day}${clock}${zone})?$`), noTime);

const sagaData = z.object({
  serviceVersion: Text.max(100).optional(),
  labels: Labels.optional(),
  plan: z.array(Name).max(10_000).optional(),
  /** `reverse`: the saga's definition wants steps undone in the reverse order of their completion. */
  undoOrder: z.enum(["reverse", ""]).optional(),
  deadline: TimeOrNone.optional(),
  error: SagaError.optional(),
  payload: z.unknown().optional(),
});

const stepData = sagaData.extend({
  step: Name,
  attempt: z.number().int().min(1).max(65_535).default(1),
});

const compensationData = stepData.extend({ compensates: Name });

/** Which versions an event keeps to. `dataschema` may be absent, or name a schema that is the producer's own. */
const versions = {
  specversion: z.literal("1.0"),
  dataschema: Text.regex(
    /^(?!urn:sagascope:saga-event:(?!1$))/,
    "names a version of the saga event that is not understood",
  ).optional(),
};

/** Of an event that may be of any version, which. */
export const SagaEventVersions = z.object(versions);

const attributes = {
  ...versions,
  id: EventId,
  source: Text.min(1).max(500),
  correlationid: SagaId,
  causationid: Text.max(256).optional(),
  subject: Text.max(500).optional(),
  time: EventTime,
  datacontenttype: Text.optional(),
  sagatype: Name,
  sagaversion: Text.max(100).default("1"),
  sagastarted: EventTime.optional(),
  traceparent: z
    .string()
    .regex(/^(?:[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})?$/, "is not a W3C traceparent")
    .optional(),
  tracestate: Text.optional(),
};

export const sagaEventTypes = [
  "saga.started",
  "saga.completed",
  "saga.compensated",
  "saga.failed",
  "saga.resolved",
] as const;
export const stepEventTypes = ["saga.step.started", "saga.step.completed", "saga.step.failed"] as const;
export const compensationEventTypes = [
  "saga.compensation.started",
  "saga.compensation.completed",
  "saga.compensation.failed",
] as const;

/** A saga event: a CloudEvents 1.0 JSON event on `saga.events`, keyed by `correlationid`. */
export const SagaEvent = z.discriminatedUnion("type", [
  z.object({ ...attributes, type: z.enum(sagaEventTypes), data: sagaData.default({}) }),
  z.object({ ...attributes, type: z.enum(stepEventTypes), data: stepData }),
  z.object({ ...attributes, type: z.enum(compensationEventTypes), data: compensationData }),
]);
export type SagaEvent = z.infer<typeof SagaEvent>;
/** What a producer writes: the defaults may be left out. */
export type SagaEventInput = z.input<typeof SagaEvent>;
export type SagaEventType = SagaEvent["type"];

export const cloudEventsContentType = "application/cloudevents+json";
