import type { Fields } from "#contracts/otlp/codec.ts";
import { object, objects } from "#contracts/otlp/walk.ts";
import { attributes, BadRecord, id, text, time } from "./fields.ts";

const kinds = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"];
const statuses = ["Unset", "Ok", "Error"];

/** A span as a row of `otel_traces`, after its scope's `head`. Throws `BadRecord`. */
export function spanRow(head: string, span: Fields): string {
  const start = time(span, "startTimeUnixNano");
  const end = time(span, "endTimeUnixNano");
  if (start === undefined) throw new BadRecord("bad_time", "startTimeUnixNano is absent");
  const traceId = id(span, "traceId", 16);
  const spanId = id(span, "spanId", 8);
  if (traceId === "" || spanId === "") throw new BadRecord("bad_otlp", "traceId or spanId is absent");
  const status = object(span, "status");
  const events = objects(span, "events");
  const links = objects(span, "links");
  const values = JSON.stringify([
    traceId,
    spanId,
    id(span, "parentSpanId", 8),
    text(span, "traceState"),
    text(span, "name"),
    enumName(kinds, span.kind, "SPAN_KIND_"),
    attributes(span),
    enumName(statuses, status.code, "STATUS_CODE_"),
    text(status, "message"),
    events.map((event) => text(event, "name")),
    events.map((event) => attributes(event)),
    links.map((link) => id(link, "traceId", 16)),
    links.map((link) => id(link, "spanId", 8)),
    links.map((link) => text(link, "traceState")),
    links.map((link) => attributes(link)),
  ]);
  const eventTimes = events.map((event) => time(event, "timeUnixNano") ?? start).join(",");
  return `${head},${values.slice(1, -1)},${start},${durationOf(start, end)},[${eventTimes}]]\n`;
}

/** JSON may name an enum's value where protobuf has its number. */
function enumName(names: readonly string[], value: unknown, prefix: string): string {
  const [first = ""] = names;
  if (value === undefined || value === null) return first;
  if (typeof value === "string" && value.startsWith(prefix))
    return names.find((name) => name.toUpperCase() === value.slice(prefix.length)) ?? first;
  if (typeof value !== "number") throw new BadRecord("bad_otlp", `${prefix}… is neither a number nor a name`);
  return names[value] ?? first;
}

function durationOf(start: string, end: string | undefined): string {
  if (end === undefined) return "0";
  const nanos = BigInt(end) - BigInt(start);
  return nanos > 0n ? String(nanos) : "0";
}
