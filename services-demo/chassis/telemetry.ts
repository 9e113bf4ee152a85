import { metrics } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { AggregationTemporalityPreference, OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-node";
import type { PlainSettings } from "./settings.ts";

export interface Telemetry {
  /** Exports what is left, for at most `ms`; what the collector does not take by then is dropped. */
  stop(ms: number): Promise<void>;
}

/** Full queues drop: telemetry may never slow an order, nor grow without bound while the collector is down. */
const queue = { maxQueueSize: 8192, maxExportBatchSize: 512, scheduledDelayMillis: 500, exportTimeoutMillis: 5000 };
const metricsEveryMs = 5000;

/** Starts traces, logs and metrics of this process, exported by OTLP/HTTP to the settings' endpoint, if any. */
export function startTelemetry(service: string, settings: PlainSettings): Telemetry {
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/+$/, "");
  const resource = resourceFromAttributes({
    "service.name": service,
    "service.version": settings.SERVICE_VERSION,
    "service.instance.id": `${service}-${process.pid}`,
    "service.namespace": "sagascope-demo",
  });
  const to = (path: string) => ({ url: `${endpoint}${path}`, timeoutMillis: 5000 });
  const tracing = new NodeTracerProvider({
    resource,
    sampler: samplerOf(settings),
    spanProcessors: endpoint ? [new BatchSpanProcessor(new OTLPTraceExporter(to("/v1/traces")), queue)] : [],
  });
  tracing.register();
  const logging = new LoggerProvider({
    resource,
    processors: endpoint
      ? [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter(to("/v1/logs")), ...queue })]
      : [],
  });
  logs.setGlobalLoggerProvider(logging);
  const metering = new MeterProvider({
    resource,
    readers: endpoint
      ? [
          new PeriodicExportingMetricReader({
            exporter: new OTLPMetricExporter({
              ...to("/v1/metrics"),
              temporalityPreference: AggregationTemporalityPreference.DELTA,
            }),
            exportIntervalMillis: metricsEveryMs,
            exportTimeoutMillis: 4000,
          }),
        ]
      : [],
  });
  metrics.setGlobalMeterProvider(metering);
  const undici = new UndiciInstrumentation({ requireParentforSpans: true });
  undici.setTracerProvider(tracing);
  undici.enable();
  return {
    stop: async (ms) => {
      const flushed = Promise.allSettled([tracing.shutdown(), logging.shutdown(), metering.shutdown()]);
      await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, ms).unref())]);
    },
  };
}

function samplerOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: ratio }: PlainSettings): Sampler {
  const roots: Record<typeof name, () => Sampler> = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
    parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
    parentbased_traceidratio: () => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
  };
  return roots[name]();
}
