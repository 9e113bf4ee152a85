import type { Fields } from "#contracts/otlp/codec.ts";
import { anyText, attributes, id, small, text, time } from "./fields.ts";

/** A log record as a row of `otel_logs`, after its scope's `head`. `readNanos` dates a record without a time. */
export function logRow(head: string, record: Fields, readNanos: string): string {
  const at = time(record, "timeUnixNano") ?? time(record, "observedTimeUnixNano") ?? readNanos;
  const values = JSON.stringify([
    id(record, "traceId", 16),
    id(record, "spanId", 8),
    small(record, "flags") & 0xff,
    text(record, "severityText"),
    small(record, "severityNumber") & 0xff,
    anyText(record.body),
    attributes(record),
    text(record, "eventName"),
  ]);
  return `${head},${values.slice(1, -1)},${at}]\n`;
}
