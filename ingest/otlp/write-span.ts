import { layoutOf, Unusual } from "./layout.ts";
import { Nanos } from "./nanos.ts";
import { spanKinds, spanStatuses } from "./span-row.ts";
import { writeAttributes } from "./write-attributes.ts";
import { type Copy, comma, rangeOf, startOf, writeEach, writeId, writeText } from "./write-fields.ts";

const span = layoutOf(
  [1, "traceId", "id"],
  [2, "spanId", "id"],
  [3, "traceState", "text"],
  [4, "parentSpanId", "id"],
  [5, "name", "text"],
  [6, "kind", "number"],
  [7, "startTimeUnixNano", "time"],
  [8, "endTimeUnixNano", "time"],
  [9, "attributes", "repeated"],
  [11, "events", "repeated"],
  [13, "links", "repeated"],
  [15, "status", "message"],
);
const traceId = { place: 0, bytes: 16 } as const;
const spanId = { place: 1, bytes: 8 } as const;
const parentSpanId = { place: 3, bytes: 8 } as const;
const at = { traceState: 2, name: 4, kind: 5, start: 6, end: 7, attributes: 8, events: 9, links: 10, status: 11 };

const status = layoutOf([2, "message", "text"], [3, "code", "number"]);
const event = layoutOf([1, "timeUnixNano", "time"], [2, "name", "text"], [3, "attributes", "repeated"]);
const link = layoutOf(
  [1, "traceId", "id"],
  [2, "spanId", "id"],
  [3, "traceState", "text"],
  [4, "attributes", "repeated"],
);

const quotedIn = (names: readonly string[]) => names.map((name) => Buffer.from(`"${name}"`));
const kinds = quotedIn(spanKinds);
const statuses = quotedIn(spanStatuses);
const nothing = Buffer.from('""');

const start = new Nanos();
const end = new Nanos();
const time = new Nanos();

/** A span as what follows the head in a row of `otel_traces`; the same as `spanRow`. */
export function writeSpan(copy: Copy, from: number, to: number): void {
  const { rows, reader } = copy;
  reader.scan(span, from, to);
  readTimes(copy);
  writeId(copy, span, traceId);
  rows.byte(comma);
  writeId(copy, span, spanId);
  rows.byte(comma);
  writeId(copy, span, parentSpanId);
  rows.byte(comma);
  writeText(copy, span, at.traceState);
  rows.byte(comma);
  writeText(copy, span, at.name);
  rows.byte(comma);
  rows.raw(kinds[reader.number(startOf(span, at.kind))] ?? nothing);
  rows.byte(comma);
  writeAttributes(copy, span, at.attributes);
  rows.byte(comma);
  writeStatus(copy);
  rows.byte(comma);
  writeEvents(copy);
  rows.byte(comma);
  writeLinks(copy);
  rows.byte(comma);
  start.write(rows);
  rows.byte(comma);
  end.writeSince(rows, start);
  rows.byte(comma);
  writeEventTimes(copy);
}

/** And sees to it that there is what a span must have. */
function readTimes({ reader }: Copy): void {
  reader.time(startOf(span, at.start), start);
  reader.time(startOf(span, at.end), end);
  const trace = rangeOf(span, traceId.place);
  const id = rangeOf(span, spanId.place);
  if (start.isZero || reader.isNoId(trace.from, trace.to) || reader.isNoId(id.from, id.to))
    throw new Unusual("A span lacks its time or its ids");
}

/** StatusCode, StatusMessage. */
function writeStatus(copy: Copy): void {
  const { rows, reader } = copy;
  const { from, to } = rangeOf(span, at.status);
  reader.scan(status, from, to);
  rows.raw(statuses[reader.number(startOf(status, 1))] ?? nothing);
  rows.byte(comma);
  writeText(copy, status, 0);
}

/** Events.Name, Events.Attributes. */
function writeEvents(copy: Copy): void {
  const events = { ...rangeOf(span, at.events), of: event };
  writeEach(copy, events, () => writeText(copy, event, 1));
  copy.rows.byte(comma);
  writeEach(copy, events, () => writeAttributes(copy, event, 2));
}

/** An event without a time is dated by its span's beginning. */
function writeEventTimes(copy: Copy): void {
  writeEach(copy, { ...rangeOf(span, at.events), of: event }, () => {
    copy.reader.time(startOf(event, 0), time);
    (time.isZero ? start : time).write(copy.rows);
  });
}

/** Links.TraceId, Links.SpanId, Links.TraceState, Links.Attributes. */
function writeLinks(copy: Copy): void {
  const links = { ...rangeOf(span, at.links), of: link };
  writeEach(copy, links, () => writeId(copy, link, { place: 0, bytes: 16 }));
  copy.rows.byte(comma);
  writeEach(copy, links, () => writeId(copy, link, { place: 1, bytes: 8 }));
  copy.rows.byte(comma);
  writeEach(copy, links, () => writeText(copy, link, 2));
  copy.rows.byte(comma);
  writeEach(copy, links, () => writeAttributes(copy, link, 3));
}
