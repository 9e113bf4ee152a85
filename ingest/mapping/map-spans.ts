import type { SpanMapping } from "#contracts/mapping/span-mapping.ts";
import type { Fields } from "#contracts/otlp/json.ts";
import { object, objects, walkRequest } from "#contracts/otlp/walk.ts";
import { SagaEvent } from "#contracts/saga-event.ts";
import type { Death, Message } from "#ingest/message.ts";
import { attributeTexts } from "#ingest/otlp/any-text.ts";
import { id, text, time } from "#ingest/otlp/fields.ts";
import { readRequest } from "#ingest/otlp/read-request.ts";
import { recordRequest } from "#ingest/otlp/record-json.ts";
import { whyNot } from "#ingest/saga-events/decode-saga-event.ts";
import { timeOfNanos } from "./event-time.ts";

/** What a span tells of a saga, or why it cannot be told. */
export type MappedSpan =
  | { readonly kind: "events"; readonly events: readonly SagaEvent[] }
  /** `span` is a request of its own. */
  | ({ readonly kind: "dead"; readonly span: Buffer } & Death);

/**
 * Makes saga events of a message's spans that carry a saga's id. What cannot be read as spans comes to nothing here:
 * whoever stores the spans says so.
 */
export function mapSpans(mapping: SpanMapping, message: Message): MappedSpan[] {
  // Nearly all messages are of no saga, and to see that takes no reading.
  if (!message.value?.includes(mapping.attributes.sagaId)) return [];
  const mapped: MappedSpan[] = [];
  try {
    for (const { group, scope, records } of walkRequest("traces", readRequest("traces", message, message.value))) {
      const resource = attributeTexts(object(group, "resource"));
      if (mapping.services?.includes(resource["service.name"] ?? "") === false) continue;
      for (const span of records) {
        const one = mapSpan(mapping, resource, span);
        if (one?.kind === "dead") mapped.push({ ...one, span: recordRequest("traces", { group, scope }, span) });
        else if (one) mapped.push(one);
      }
    }
  } catch {
    return [];
  }
  return mapped;
}

function mapSpan(
  mapping: SpanMapping,
  resource: Record<string, string>,
  span: Fields,
):
  | { readonly kind: "events"; readonly events: readonly SagaEvent[] }
  | ({ readonly kind: "dead" } & Death)
  | undefined {
  let told: Told | undefined;
  try {
    told = readSpan(mapping, resource, span);
  } catch {
    return undefined;
  }
  if (told === undefined) return undefined;
  const events: SagaEvent[] = [];
  for (const candidate of candidatesOf(told, mapping)) {
    const parsed = SagaEvent.safeParse(candidate);
    if (!parsed.success) {
      const { reason, detail } = whyNot(parsed.error.issues);
      return { kind: "dead", reason, detail: `As a saga event: ${detail}` };
    }
    events.push(parsed.data);
  }
  return events.length === 0 ? undefined : { kind: "events", events };
}

type SpanError = { code: string; message: string };

/** What of a span its saga is told by. */
interface Told {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly says: Readonly<Record<string, string>>;
  readonly error: SpanError | undefined;
}

function readSpan(mapping: SpanMapping, resource: Record<string, string>, span: Fields): Told | undefined {
  const says = { ...resource, ...attributeTexts(span) };
  if (!says[mapping.attributes.sagaId]) return undefined;
  return {
    traceId: id(span, "traceId", 16),
    spanId: id(span, "spanId", 8),
    name: text(span, "name"),
    start: timeAt(span, "startTimeUnixNano"),
    end: timeAt(span, "endTimeUnixNano"),
    says,
    error: errorOf(span, says),
  };
}

function timeAt(span: Fields, name: string): string | undefined {
  const nanos = time(span, name);
  return nanos === undefined ? undefined : timeOfNanos(nanos);
}

const statusError = 2;

/** Of a span that failed: its last exception; else `error.type` and the status' words. */
function errorOf(span: Fields, says: Readonly<Record<string, string>>): SpanError | undefined {
  const status = object(span, "status");
  if (status.code !== statusError && status.code !== "STATUS_CODE_ERROR") return undefined;
  const thrown = objects(span, "events").findLast((event) => event.name === "exception");
  const exception = thrown === undefined ? {} : attributeTexts(thrown);
  return {
    code: exception["exception.type"] || says["error.type"] || "error",
    message: (exception["exception.message"] || text(status, "message")).slice(0, 10_000),
  };
}

/** What `SagaEvent` has the last word on. */
function candidatesOf(told: Told, mapping: SpanMapping): object[] {
  const { start, end, says, error } = told;
  const named = mapping.attributes;
  const undone = says[named.compensates];
  const step = says[named.step] || (undone && told.name);
  const event = eventMaker(told, mapping);
  const candidates: object[] = [];
  if (step) {
    const kind = undone ? "saga.compensation" : "saga.step";
    const attempt = says[named.attempt];
    const data = {
      step,
      ...(attempt ? { attempt: Number(attempt) } : {}),
      ...(undone ? { compensates: undone } : {}),
    };
    if (start && mapping.startedBy.includes(step)) candidates.push(event("saga.started", start, {}));
    if (start) candidates.push(event(`${kind}.started`, start, data));
    if (end && error) candidates.push(event(`${kind}.failed`, end, { ...data, error }));
    else if (end) candidates.push(event(`${kind}.completed`, end, data));
  }
  const outcome = says[named.outcome] || (error ? undefined : outcomeAfter(step, mapping));
  if (end && outcome) candidates.push(event(`saga.${outcome}`, end, outcome === "failed" && error ? { error } : {}));
  return candidates;
}

function outcomeAfter(step: string | undefined, mapping: SpanMapping): "completed" | "compensated" | undefined {
  if (step === undefined) return undefined;
  if (mapping.completedAfter.includes(step)) return "completed";
  return mapping.compensatedAfter.includes(step) ? "compensated" : undefined;
}

/** Events of a span: the same ids on every reading. */
function eventMaker({ traceId, spanId, says }: Told, mapping: SpanMapping) {
  const named = mapping.attributes;
  const labels = Object.fromEntries(
    Object.entries(mapping.labels).flatMap(([label, attribute]) => {
      const value = says[attribute];
      return value ? [[label, value]] : [];
    }),
  );
  return (type: string, at: string, data: object) => ({
    specversion: "1.0",
    id: `${traceId}-${spanId}-${type}`,
    source: `/services/${says["service.name"] || "unknown"}`,
    type,
    correlationid: says[named.sagaId],
    time: at,
    sagatype: says[named.sagaType] || mapping.sagaType,
    sagaversion: says[named.sagaVersion] || mapping.sagaVersion,
    traceparent: `00-${traceId}-${spanId}-01`,
    data: {
      ...data,
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      ...(says["service.version"] ? { serviceVersion: says["service.version"] } : {}),
    },
  });
}
