import { z } from "zod";
import { compensationEventTypes, type SagaEventType, sagaEventTypes, stepEventTypes } from "#contracts/saga-event.ts";
import { isConstant } from "./template.ts";
import { Path, Value, When } from "./values.ts";

const SagaId = Value.superRefine(([first], context) => {
  if (first === undefined || !isConstant(first)) return;
  const meant = /^[a-z_][\w.]*$/i.test(first.written) ? first.written : "order_id";
  context.addIssue({
    code: "custom",
    message: `"${first.written}" is the same for every message, which makes one saga of all: write a path, as $.${meant}`,
  });
});

/** What every event may say; said once above, it goes for all below that say nothing else. */
const shared = {
  sagaId: SagaId.optional(),
  sagaType: Value.optional(),
  sagaVersion: Value.optional(),
  /** When the saga began; as the store knows it, or its first event, where it gives nothing. */
  sagaStarted: Value.optional(),
  /** Unique among all events of the saga, whichever topic they come from; made of the message's place without it. */
  id: Value.optional(),
  /** The message's own timestamp where it gives nothing. */
  time: Value.optional(),
  /** The topic's name where it gives nothing. */
  service: Value.optional(),
  serviceVersion: Value.optional(),
  subject: Value.optional(),
  causationId: Value.optional(),
  /** The header `traceparent` where it gives nothing. */
  traceparent: Value.optional(),
  labels: z.record(z.string().min(1).max(100), Value).optional(),
  plan: z.array(z.string().min(1).max(200)).min(1).max(10_000).optional(),
  undoOrder: z.literal("reverse").optional(),
  deadline: Value.optional(),
  /** A deadline so long after the event's time. */
  deadlineAfter: z
    .string()
    .regex(/^[1-9]\d{0,5}[smhd]$/, "wants a duration as 90s, 15m, 2h or 1d")
    .optional(),
  payload: Path.optional(),
};

const Shared = z.strictObject(shared);
export type SharedRules = z.output<typeof Shared>;

const types: readonly SagaEventType[] = [...sagaEventTypes, ...stepEventTypes, ...compensationEventTypes];

const Type = Value.refine(
  (type) => !type.every(isConstant) || types.some((known) => known === type[0]?.written),
  `is none of ${types.join(", ")}`,
);

const EventRule = z.strictObject({
  type: Type,
  step: Value.optional(),
  compensates: Value.optional(),
  attempt: Value.optional(),
  error: z.strictObject({ code: Value, message: Value.optional(), retryable: Value.optional() }).optional(),
  ...shared,
});
export type EventRule = z.output<typeof EventRule>;

const Rule = z.strictObject({
  when: When.optional(),
  /** The events that a message comes to, in this order. None: the message is ignored. */
  events: z.array(EventRule).max(50),
  ...shared,
});
export type Rule = z.output<typeof Rule>;

/** What an event of this type cannot do without, and is said nowhere. */
function missingOf(topic: SharedRules, rule: SharedRules, event: EventRule): string[] {
  const missing: string[] = [];
  const says = (name: "sagaId" | "sagaType") => event[name] ?? rule[name] ?? topic[name];
  const startsWith = (prefix: string) => event.type[0]?.written.startsWith(prefix) ?? false;
  if (!says("sagaId")) missing.push("sagaId");
  if (!says("sagaType")) missing.push("sagaType");
  if ((startsWith("saga.step.") || startsWith("saga.compensation.")) && !event.step) missing.push("step");
  if (startsWith("saga.compensation.") && !event.compensates) missing.push("compensates");
  return missing;
}

/** Makes saga events of the messages of a topic of somebody else's. */
export const TopicMapping = z
  .strictObject({
    /** Room is left for the place that event ids are made of. */
    topic: z.string().regex(/^[\w.-]{1,180}$/, "is not a name for a topic, or longer than 180 characters"),
    /** The zone of times that say none, as `Z` or `+02:00`. */
    zone: z
      .string()
      .regex(/^(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/, "wants Z or an offset as +02:00")
      .optional(),
    /** The first whose `when` holds counts. */
    rules: z.array(Rule).min(1),
    /** What becomes of a message that no rule takes. */
    otherwise: z.enum(["dead_letter", "ignore"]).default("dead_letter"),
    ...shared,
  })
  .superRefine((topic, context) => {
    topic.rules.forEach((rule, at) => {
      if (rule.when === undefined && at < topic.rules.length - 1)
        context.addIssue({
          code: "custom",
          path: ["rules", at + 1],
          message: "is never reached: the rule before it has no `when` and takes every message",
        });
      rule.events.forEach((event, number) => {
        for (const name of missingOf(topic, rule, event))
          context.addIssue({
            code: "custom",
            path: ["rules", at, "events", number],
            message: `${event.type[0]?.written} wants ${name}, here or further out`,
          });
      });
    });
  });
export type TopicMapping = z.output<typeof TopicMapping>;
