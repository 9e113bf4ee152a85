import { JSONPathRecursionLimitError } from "json-p3";
import type { EventRule, Rule, SharedRules, TopicMapping } from "#contracts/mapping/topic-mapping.ts";
import type { Value } from "#contracts/mapping/values.ts";
import { SagaEvent } from "#contracts/saga-event.ts";
import { type Death, headerOf, type Message } from "#ingest/message.ts";
import { whyNot } from "#ingest/saga-events/decode-saga-event.ts";
import { eventTime, laterBy } from "./event-time.ts";
import { fill, holds, jsonAt, type Mappable, Unmappable, whyNothing } from "./fill.ts";
import { asFirstSent } from "./first-sent.ts";
import { nestedTooDeeply, readDocument } from "./read-document.ts";

/** What a message of a mapped topic comes to. */
export type Mapped =
  | { readonly kind: "events"; readonly events: readonly SagaEvent[] }
  | { readonly kind: "ignored" }
  | ({ readonly kind: "dead" } & Death);

/** Makes saga events of a message: all that its rule names, or none. The same message comes to the same events, as does its replay. */
export function mapMessage(mapping: TopicMapping, message: Message): Mapped {
  // Others delete by a message without a value.
  if (message.value === null && mapping.otherwise === "ignore") return { kind: "ignored" };
  const read = readDocument(message);
  if (read.kind === "dead") return read;
  const from = { message: asFirstSent(message), document: read.document };
  try {
    const rule = mapping.rules.find(({ when = [] }) => when.every((condition) => holds(condition, from)));
    if (rule) return byRule(mapping, rule, from);
    if (mapping.otherwise === "ignore") return { kind: "ignored" };
    return { kind: "dead", reason: "no_mapping", detail: `No rule for ${mapping.topic} takes it.` };
  } catch (error) {
    if (error instanceof Unmappable) return { kind: "dead", reason: error.reason, detail: error.message };
    if (error instanceof RangeError || error instanceof JSONPathRecursionLimitError) return nestedTooDeeply;
    throw error;
  }
}

function byRule(mapping: TopicMapping, rule: Rule, from: Mappable): Mapped {
  if (rule.events.length === 0) return { kind: "ignored" };
  const events: SagaEvent[] = [];
  for (const [index, event] of rule.events.entries()) {
    const said = { ...mapping, ...rule, ...event, labels: { ...mapping.labels, ...rule.labels, ...event.labels } };
    const candidate = candidateOf(said, from, { index, zone: mapping.zone });
    const parsed = SagaEvent.safeParse(candidate);
    if (!parsed.success) {
      const issues = parsed.error.issues.map((issue) => ({ ...issue, path: issue.path.map(nameInMapping) }));
      const { reason, detail } = whyNot(issues);
      return {
        kind: "dead",
        reason,
        detail: `${candidate.type ?? "type"} (event ${index + 1} of its rule): ${detail}`,
      };
    }
    events.push(parsed.data);
  }
  return { kind: "events", events };
}

/** The mapping's words for what is called otherwise in the event. */
const namesInMapping: Readonly<Record<PropertyKey, string>> = {
  correlationid: "sagaId",
  sagatype: "sagaType",
  sagaversion: "sagaVersion",
  source: "service",
};

const nameInMapping = (key: PropertyKey) => namesInMapping[key] ?? key;

/** What `SagaEvent` has the last word on. */
function candidateOf(
  said: EventRule & SharedRules,
  from: Mappable,
  { index, zone }: { index: number; zone: string | undefined },
) {
  const text = (value: Value | undefined) => fill(value, from);
  /** Where something is said, it has to give something. */
  const wanted = (name: "type" | "sagaId" | "sagaType" | "step" | "compensates") => {
    const given = text(said[name]);
    if (given !== undefined || said[name] === undefined) return given;
    throw new Unmappable(`${name}: ${whyNothing(said[name], from)}`);
  };
  const timeOf = (name: string, value: Value | undefined) => readTime(name, text(value), zone);
  const time = timeOf("time", said.time) ?? messageTime(from.message);
  const deadline =
    timeOf("deadline", said.deadline) ??
    (said.deadlineAfter === undefined ? undefined : laterBy(said.deadlineAfter, time));
  return {
    specversion: "1.0",
    id: eventId(text(said.id), from.message, index),
    source: `/services/${text(said.service) ?? from.message.topic}`,
    type: wanted("type"),
    correlationid: wanted("sagaId"),
    causationid: text(said.causationId),
    subject: text(said.subject),
    time,
    sagatype: wanted("sagaType"),
    sagaversion: text(said.sagaVersion),
    sagastarted: timeOf("sagaStarted", said.sagaStarted),
    traceparent: text(said.traceparent) ?? traceOf(from.message),
    data: {
      step: wanted("step"),
      attempt: numberOf(text(said.attempt)),
      compensates: wanted("compensates"),
      serviceVersion: text(said.serviceVersion),
      labels: labelsOf(said.labels ?? {}, from),
      plan: said.plan,
      undoOrder: said.undoOrder,
      deadline,
      error: errorOf(said.error, from),
      payload: said.payload && jsonAt(said.payload, from),
    },
  };
}

/** Its place and time, which a topic made anew does not repeat; or what the message says, and a number from the second on. */
function eventId(said: string | undefined, { topic, partition, offset, timeMs }: Message, index: number): string {
  const id = said ?? `${topic}-${partition}-${offset}-${timeMs}`;
  return index === 0 ? id : `${id}-${index + 1}`;
}

function readTime(name: string, text: string | undefined, zone: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = eventTime(text, zone);
  if (time === undefined)
    throw new Unmappable(
      `${name}: "${text.slice(0, 100)}" is no time from 1970 (in digits 2000) to 2199, or says no zone: set one`,
      "bad_time",
    );
  return time;
}

function messageTime({ timeMs }: Message): string {
  const time = eventTime(String(timeMs), undefined);
  if (time === undefined) throw new Unmappable(`the message's own timestamp, ${timeMs}, is no time`, "bad_time");
  return time;
}

const number = /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** What is no number stays as it is, for the schema to refuse. */
const numberOf = (text: string | undefined) => (text !== undefined && number.test(text) ? Number(text) : text);

const flagOf = (text: string | undefined) => (text === "true" ? true : text === "false" ? false : text);

const traceparent = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

function traceOf(message: Message): string | undefined {
  const header = headerOf(message, "traceparent");
  return header !== undefined && traceparent.test(header) ? header : undefined;
}

function labelsOf(labels: Readonly<Record<string, Value>>, from: Mappable): Record<string, string> | undefined {
  const texts = Object.entries(labels).flatMap(([name, value]) => {
    const text = fill(value, from);
    return text === undefined ? [] : [[name, text] as const];
  });
  return texts.length === 0 ? undefined : Object.fromEntries(texts);
}

/** No error where its code gives nothing. */
function errorOf(error: EventRule["error"], from: Mappable) {
  const code = fill(error?.code, from);
  if (code === undefined) return undefined;
  return { code, message: fill(error?.message, from), retryable: flagOf(fill(error?.retryable, from)) };
}
