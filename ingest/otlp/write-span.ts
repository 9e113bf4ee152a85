import type { NativeBlock } from "#ingest/native/block.ts";
import { Unusual } from "#ingest/native/unusual.ts";
import { layoutOf } from "./layout.ts";
import { Nanos } from "./nanos.ts";
import type { nativeTables } from "./native-tables.ts";
import type { Reader } from "./reader.ts";
import { spanKinds, spanStatuses } from "./span-row.ts";
import { writeAttributes } from "./write-attributes.ts";
import { rangeOf, startOf, writeEach, writeText } from "./write-fields.ts";

type SpanColumns = NativeBlock<(typeof nativeTables)["otel_traces"]>["columns"];

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
const at = {
  traceId: 0,
  spanId: 1,
  traceState: 2,
  parentSpanId: 3,
  name: 4,
  kind: 5,
  start: 6,
  end: 7,
  attributes: 8,
  events: 9,
  links: 10,
  status: 11,
};

const status = layoutOf([2, "message", "text"], [3, "code", "number"]);
const event = layoutOf([1, "timeUnixNano", "time"], [2, "name", "text"], [3, "attributes", "repeated"]);
const link = layoutOf(
  [1, "traceId", "id"],
  [2, "spanId", "id"],
  [3, "traceState", "text"],
  [4, "attributes", "repeated"],
);

const start = new Nanos();
const end = new Nanos();
const time = new Nanos();

/** A span into the columns that are its own; the same as `spanRow`. */
export function writeSpan(columns: SpanColumns, reader: Reader, { from, to }: { from: number; to: number }): void {
  reader.scan(span, from, to);
  readTimes(reader);
  start.write(columns.Timestamp.values);
  end.writeSince(columns.Duration.values, start);
  reader.writeId(columns.TraceId.values, rangeOf(span, at.traceId), 16);
  reader.writeId(columns.SpanId.values, rangeOf(span, at.spanId), 8);
  reader.writeId(columns.ParentSpanId.values, rangeOf(span, at.parentSpanId), 8);
  writeText(columns.TraceState.values, reader, { layout: span, place: at.traceState });
  writeText(columns.SpanName.values, reader, { layout: span, place: at.name });
  columns.SpanKind.values.string(spanKinds[reader.number(startOf(span, at.kind))] ?? "");
  writeAttributes(columns.SpanAttributes, reader, rangeOf(span, at.attributes));
  writeStatus(columns, reader);
  writeEvents(columns, reader);
  writeLinks(columns, reader);
}

/** And sees to it that there is what a span must have. */
function readTimes(reader: Reader): void {
  reader.time(startOf(span, at.start), start);
  reader.time(startOf(span, at.end), end);
  const trace = rangeOf(span, at.traceId);
  const id = rangeOf(span, at.spanId);
  if (start.isZero || reader.isNoId(trace.from, trace.to) || reader.isNoId(id.from, id.to))
    throw new Unusual("A span lacks its time or its ids");
}

function writeStatus(columns: SpanColumns, reader: Reader): void {
  const { from, to } = rangeOf(span, at.status);
  reader.scan(status, from, to);
  columns.StatusCode.values.string(spanStatuses[reader.number(startOf(status, 1))] ?? "");
  writeText(columns.StatusMessage.values, reader, { layout: status, place: 0 });
}

/** An event without a time is dated by its span's beginning. */
function writeEvents(columns: SpanColumns, reader: Reader): void {
  const { "Events.Timestamp": times, "Events.Name": names, "Events.Attributes": maps } = columns;
  writeEach(reader, { ...rangeOf(span, at.events), of: event, lists: [times, names, maps] }, () => {
    reader.time(startOf(event, 0), time);
    (time.isZero ? start : time).write(times.values);
    writeText(names.values, reader, { layout: event, place: 1 });
    writeAttributes(maps, reader, rangeOf(event, 2));
  });
}

function writeLinks(columns: SpanColumns, reader: Reader): void {
  const {
    "Links.TraceId": traces,
    "Links.SpanId": spans,
    "Links.TraceState": states,
    "Links.Attributes": maps,
  } = columns;
  writeEach(reader, { ...rangeOf(span, at.links), of: link, lists: [traces, spans, states, maps] }, () => {
    reader.writeId(traces.values, rangeOf(link, 0), 16);
    reader.writeId(spans.values, rangeOf(link, 1), 8);
    writeText(states.values, reader, { layout: link, place: 2 });
    writeAttributes(maps, reader, rangeOf(link, 3));
  });
}
