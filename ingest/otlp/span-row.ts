import type { Fields } from "#contracts/otlp/json.ts";
import { object, objects } from "#contracts/otlp/walk.ts";
import { attributes } from "./any-text.ts";
import { BadRecord, enumNumber, id, text, time } from "./fields.ts";

/** What `SpanKind` and `StatusCode` are called, by number. */
export const spanKinds = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"];
export const spanStatuses = ["Unset", "Ok", "Error"];

const inJson = (prefix: string, names: readonly string[]) => ({
  prefix,
  names: names.map((name) => name.toUpperCase()),
});
const kinds = inJson("SPAN_KIND_", spanKinds);
const statuses = inJson("STATUS_CODE_", spanStatuses);

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
  const values = [
    JSON.stringify(traceId),
    JSON.stringify(spanId),
    JSON.stringify(id(span, "parentSpanId", 8)),
    JSON.stringify(text(span, "traceState")),
    JSON.stringify(text(span, "name")),
    JSON.stringify(spanKinds[enumNumber(span, "kind", kinds)] ?? ""),
    attributes(span),
    JSON.stringify(spanStatuses[enumNumber(status, "code", statuses)] ?? ""),
    JSON.stringify(text(status, "message")),
    JSON.stringify(events.map((event) => text(event, "name"))),
    `[${events.map((event) => attributes(event)).join(",")}]`,
    JSON.stringify(links.map((link) => id(link, "traceId", 16))),
    JSON.stringify(links.map((link) => id(link, "spanId", 8))),
    JSON.stringify(links.map((link) => text(link, "traceState"))),
    `[${links.map((link) => attributes(link)).join(",")}]`,
    start,
    durationOf(start, end),
    `[${events.map((event) => time(event, "timeUnixNano") ?? start).join(",")}]`,
  ];
  return `${head},${values.join(",")}]\n`;
}

/** No less than nothing, where a clock was set back in between. */
function durationOf(start: string, end: string | undefined): string {
  if (end === undefined) return "0";
  const nanos = BigInt(end) - BigInt(start);
  return nanos > 0n ? String(nanos) : "0";
}
