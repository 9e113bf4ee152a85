import { context, type Link, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { readTraceHeaders, type TextHeaders, traceHeaders } from "./context-headers.ts";
import type { IncomingMessage } from "./incoming-message.ts";

const tracer = trace.getTracer("sagascope-sdk");

/** What the message says about its saga, as span attributes. */
function sagaAttributes(headers: TextHeaders): Record<string, string> {
  const { sagaid, sagatype } = headers;
  return {
    ...(sagaid === undefined ? {} : { "saga.id": sagaid }),
    ...(sagatype === undefined ? {} : { "saga.type": sagatype }),
  };
}

/**
 * Runs `handle` in a CONSUMER span that begins a new trace, linked to the span that sent the message: spans are exported
 * when they end, so one trace over a whole saga would orphan the children of a saga that takes days.
 */
export function inProcessSpan(
  message: IncomingMessage,
  { group }: { group: string },
  handle: (span: Span) => Promise<void>,
): Promise<void> {
  const cause = readTraceHeaders(message.headers);
  const links: Link[] = cause ? [{ context: cause }] : [];
  const attributes = {
    "messaging.system": "kafka",
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "messaging.destination.name": message.topic,
    "messaging.destination.partition.id": String(message.partition),
    "messaging.kafka.offset": Number(message.offset),
    "messaging.kafka.message.key": message.key,
    "messaging.consumer.group.name": group,
    "messaging.message.id": message.id,
    "messaging.message.body.size": message.value?.byteLength ?? 0,
    ...sagaAttributes(message.headers),
  };
  return tracer.startActiveSpan(
    `process ${message.topic}`,
    { kind: SpanKind.CONSUMER, root: true, links, attributes },
    ROOT_CONTEXT,
    async (span) => {
      try {
        await handle(span);
      } catch (error) {
        span.recordException(error as Error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: String((error as Error)?.message ?? error) });
        throw error;
      } finally {
        span.end();
      }
    },
  );
}

/** A PRODUCER span that ends once Kafka has acknowledged, and the trace headers that the message carries on. */
export interface SendSpan {
  readonly headers: TextHeaders;
  end(error?: Error): void;
}

/** Begins the span of sending one message, as a child of the span that wrote it to the outbox. */
export function startSendSpan(message: { topic: string; key: string; headers: TextHeaders }): SendSpan {
  const writer = readTraceHeaders(message.headers);
  if (!writer) return { headers: message.headers, end: () => {} };
  const parent = trace.setSpanContext(ROOT_CONTEXT, writer);
  const span = tracer.startSpan(
    `send ${message.topic}`,
    {
      kind: SpanKind.PRODUCER,
      attributes: {
        "messaging.system": "kafka",
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.destination.name": message.topic,
        "messaging.kafka.message.key": message.key,
        ...(message.headers.messageid === undefined ? {} : { "messaging.message.id": message.headers.messageid }),
        ...sagaAttributes(message.headers),
      },
    },
    parent,
  );
  return {
    headers: { ...message.headers, ...traceHeaders(trace.setSpan(parent, span)) },
    end: (error) => {
      if (error) span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      span.end();
    },
  };
}

/** Runs `work` with no span active: for background loops that belong to no request. */
export function untraced<T>(work: () => T): T {
  return context.with(ROOT_CONTEXT, work);
}
