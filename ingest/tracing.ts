import { type Attributes, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
} from "@opentelemetry/sdk-trace-node";
import { messageOf } from "#lib/errors.ts";
import type { Chunk } from "./store-chunk.ts";

export interface Tracing {
  /** Exports what is left, for at most `ms`. */
  stop(ms: number): Promise<void>;
}

const topicKey = "messaging.destination.name";
const tracer = trace.getTracer("sagascope.ingest");

/**
 * Sends traces of the storing of chunks by OTLP/HTTP to `endpoint`; without one, none are made.
 * Chunks of `spansTopic` are not traced: our own spans come back by it, and would make new ones for ever.
 */
export function startTracing(endpoint: string | undefined, { spansTopic }: { spansTopic: string }): Tracing {
  if (endpoint === undefined) return { stop: async () => undefined };
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, "")}/v1/traces`, timeoutMillis: 5_000 });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": "sagascope-ingest" }),
    sampler: new ParentBasedSampler({ root: allButChunksOf(spansTopic) }),
    // A full queue drops: a tracer that is away must not hold up what is stored.
    spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: 2_048, scheduledDelayMillis: 1_000 })],
  });
  provider.register();
  return {
    stop: async (ms) => {
      const flushed = provider.shutdown().catch(() => undefined);
      await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, ms).unref())]);
    },
  };
}

/** Runs `work` on a chunk within a span of its own. */
export function tracedChunk<T>({ topic, partition, range, messages }: Chunk, work: () => Promise<T>): Promise<T> {
  return traced(`process ${topic}`, work, {
    "messaging.system": "kafka",
    "messaging.operation.name": "process",
    [topicKey]: topic,
    "messaging.destination.partition.id": String(partition),
    "messaging.batch.message_count": messages.length,
    "sagascope.offset.min": String(range.min),
    "sagascope.offset.max": String(range.max),
  });
}

/** Runs one try of an insert within a span, below the chunk's. */
export function tracedInsert<T>(table: string, work: () => Promise<T>): Promise<T> {
  return traced(`INSERT ${table}`, work, {
    "db.system.name": "clickhouse",
    "db.operation.name": "INSERT",
    "db.collection.name": table,
  });
}

function traced<T>(name: string, work: () => Promise<T>, attributes: Attributes): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

function allButChunksOf(topic: string): Sampler {
  return {
    shouldSample: (_context, _traceId, _name, _kind, attributes) => ({
      decision: attributes[topicKey] === topic ? SamplingDecision.NOT_RECORD : SamplingDecision.RECORD_AND_SAMPLED,
    }),
    toString: () => `AllButChunksOf(${topic})`,
  };
}
