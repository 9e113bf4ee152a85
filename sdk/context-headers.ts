import {
  type Context,
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  trace,
} from "@opentelemetry/api";
import { SagaContext } from "./saga-context.ts";

/** Headers as text, the same over Kafka and HTTP. Names are lower case. */
export type TextHeaders = Readonly<Record<string, string>>;

const headerOf = {
  sagaId: "sagaid",
  sagaType: "sagatype",
  sagaVersion: "sagaversion",
  sagaStarted: "sagastarted",
  causationId: "causationid",
} as const satisfies Record<keyof SagaContext, string>;

/** Why headers hold no saga context: none at all, or one that is not whole. */
export type NoContext = { kind: "absent" } | { kind: "malformed"; reason: string };

/** The saga context as headers, for a Kafka message or an HTTP request. */
export function sagaHeaders(saga: SagaContext): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [field, name] of Object.entries(headerOf) as [keyof SagaContext, string][]) {
    const value = saga[field];
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

/** Reads back what `sagaHeaders` wrote. */
export function readSagaHeaders(headers: TextHeaders): { kind: "context"; saga: SagaContext } | NoContext {
  if (headers[headerOf.sagaId] === undefined) return { kind: "absent" };
  const fields = Object.entries(headerOf).flatMap(([field, name]) => {
    const value = headers[name];
    return value === undefined ? [] : [[field, value]];
  });
  const parsed = SagaContext.safeParse(Object.fromEntries(fields));
  if (parsed.success) return { kind: "context", saga: parsed.data };
  const reason = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  return { kind: "malformed", reason };
}

/** `traceparent` and `tracestate` of the active (or given) context; empty where nothing is traced. */
export function traceHeaders(of: Context = context.active()): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(of, headers);
  return headers;
}

/** The `traceparent` of the active span, as an event carries it. */
export function activeTraceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span || !isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, "0")}`;
}

/** The span that headers name, to link to or to continue; undefined where they name none. */
export function readTraceHeaders(headers: TextHeaders): SpanContext | undefined {
  return trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers));
}

/** Kafka's header values (buffers, lists, text) as text; of a repeated header the first counts. */
export function textHeaders(
  headers: Record<string, Buffer | string | (Buffer | string)[] | undefined> | undefined,
): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) texts[name.toLowerCase()] = first.toString();
  }
  return texts;
}
