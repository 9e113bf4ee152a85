import type { Fields } from "#contracts/otlp/json.ts";
import { anyText, attributes } from "./any-text.ts";
import { BadRecord, enumNumber, id, small, text, time } from "./fields.ts";

const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const severities = {
  prefix: "SEVERITY_NUMBER_",
  names: ["UNSPECIFIED", ...levels.flatMap((level) => [level, `${level}2`, `${level}3`, `${level}4`])],
};

/** A log record as a row of `otel_logs`, after its scope's `head`. `sentMs` dates a record without a time. */
export function logRow(head: string, record: Fields, sentMs: number): string {
  const at = time(record, "timeUnixNano") ?? time(record, "observedTimeUnixNano") ?? sentAt(sentMs);
  const values = [
    JSON.stringify(id(record, "traceId", 16)),
    JSON.stringify(id(record, "spanId", 8)),
    small(record, "flags") & 0xff,
    JSON.stringify(text(record, "severityText")),
    enumNumber(record, "severityNumber", severities) & 0xff,
    JSON.stringify(anyText(record.body)),
    attributes(record),
    JSON.stringify(text(record, "eventName")),
  ];
  return `${head},${values.join(",")},${at}]\n`;
}

function sentAt(ms: number): string {
  const at = time({ "its message's timestamp": `${BigInt(ms) * 1_000_000n}` }, "its message's timestamp");
  if (at === undefined) throw new BadRecord("bad_time", "neither the record nor its message has a time");
  return at;
}
