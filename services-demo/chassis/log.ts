import { context, trace } from "@opentelemetry/api";
import { type AnyValueMap, logs, type Logger as OtelLogger, SeverityNumber } from "@opentelemetry/api-logs";
import { type Logger, pino } from "pino";

export type { Logger };

const severities: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/**
 * A logger that writes one JSON line an entry to stdout, with the active trace's ids, and the same entry as an OpenTelemetry log
 * record. Put the saga's id in the field `saga.id`. Call after `startTelemetry`.
 */
export function createLogger(service: string, level: string): Logger {
  const otel = logs.getLogger("services-demo");
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => {
      const span = trace.getActiveSpan()?.spanContext();
      return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
    },
  };
  // One write for many lines; what is left is written at exit.
  const stdout = pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 200 });
  const streams = [
    { level: "trace" as const, stream: stdout },
    { level: "trace" as const, stream: { write: (line: string) => emitRecord(otel, line) } },
  ];
  return pino(options, pino.multistream(streams));
}

function emitRecord(otel: OtelLogger, line: string): void {
  const { level, time, msg, service: _service, trace_id: _trace, span_id: _span, ...rest } = JSON.parse(line);
  otel.emit({
    timestamp: new Date(time),
    severityNumber: severities[level] ?? SeverityNumber.INFO,
    severityText: String(level).toUpperCase(),
    body: msg ?? "",
    attributes: flat(rest),
    context: context.active(),
  });
}

/** Nested fields under dotted names, as attributes are kept: `{err: {type}}` is `err.type`. */
function flat(fields: Record<string, unknown>, prefix = ""): AnyValueMap {
  const attributes: AnyValueMap = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      Object.assign(attributes, flat(value as Record<string, unknown>, `${prefix}${name}.`));
    } else if (value !== undefined && value !== null) {
      attributes[`${prefix}${name}`] = Array.isArray(value)
        ? JSON.stringify(value)
        : (value as string | number | boolean);
    }
  }
  return attributes;
}
