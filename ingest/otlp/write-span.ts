import type { NativeBlock } from "#ingest/native/block.ts";
import { Unusual } from "#ingest/native/unusual.ts";
import { isFound, layoutOf } from "./layout.ts";
import { Nanos } from "./nanos.ts";
import type { nativeTables } from "./native-tables.ts";
import type { Reader } from "./reader.ts";
import { spanKinds, spanStatuses } from "./span-row.ts";
import { Attributes } from "./write-attributes.ts";

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
const [traceId, spanId, traceState, parentSpanId, name, kind, startTime, endTime] = [0, 1, 2, 3, 4, 5, 6, 7];
const [attributes, events, links, status] = [8, 9, 10, 11];

const statusFields = layoutOf([2, "message", "text"], [3, "code", "number"]);
const ofStatus = { message: 0, code: 1 };
const event = layoutOf([1, "timeUnixNano", "time"], [2, "name", "text"], [3, "attributes", "repeated"]);
const ofEvent = { time: 0, name: 1, attributes: 2 };
const link = layoutOf(
  [1, "traceId", "id"],
  [2, "spanId", "id"],
  [3, "traceState", "text"],
  [4, "attributes", "repeated"],
);
const ofLink = { traceId: 0, spanId: 1, traceState: 2, attributes: 3 };

const [ofSpan, ofEvents, ofLinks] = [new Attributes(), new Attributes(), new Attributes()];
const start = new Nanos();
const end = new Nanos();
const time = new Nanos();

const [unset = ""] = spanStatuses;

const unusual = new Unusual("A span lacks its ids");

/** The span that is next into the columns that are its own; the same as `spanRow`. */
export function writeSpan(columns: SpanColumns, reader: Reader): void {
  start.set(0, 0);
  end.set(0, 0);
  let ids = 0;
  let ofKind = 0;
  reader.enter(span);
  for (let field = reader.next(span); field !== -1; field = reader.next(span))
    switch (field) {
      case traceId:
        ids += reader.id(columns.TraceId.values, 16) ? 1 : 0;
        break;
      case spanId:
        ids += reader.id(columns.SpanId.values, 8) ? 1 : 0;
        break;
      case traceState:
        reader.text(columns.TraceState.values);
        break;
      case parentSpanId:
        reader.id(columns.ParentSpanId.values, 8);
        break;
      case name:
        reader.text(columns.SpanName.values);
        break;
      case kind:
        ofKind = reader.number();
        break;
      case startTime:
        reader.time(start);
        break;
      case endTime:
        reader.time(end);
        break;
      case attributes:
        ofSpan.write(columns.SpanAttributes, reader);
        break;
      case events:
        writeEvents(columns, reader);
        break;
      case links:
        writeLinks(columns, reader);
        break;
      case status:
        writeStatus(columns, reader);
    }
  if (ids < 2) throw unusual;
  columns.SpanKind.values.string(spanKinds[ofKind] ?? "");
  start.write(columns.Timestamp.values);
  end.writeSince(columns.Duration.values, start);
  writeAbsent(columns);
}

function writeAbsent(columns: SpanColumns): void {
  if (!isFound(span, traceState)) columns.TraceState.values.uint8(0);
  if (!isFound(span, parentSpanId)) columns.ParentSpanId.values.uint8(0);
  if (!isFound(span, name)) columns.SpanName.values.uint8(0);
  if (!isFound(span, attributes)) columns.SpanAttributes.endMap(0);
  if (!isFound(span, events)) endEvents(columns, 0);
  if (!isFound(span, links)) endLinks(columns, 0);
  if (isFound(span, status)) return;
  columns.StatusMessage.values.uint8(0);
  columns.StatusCode.values.string(unset);
}

function writeStatus(columns: SpanColumns, reader: Reader): void {
  let code = 0;
  reader.enter(statusFields);
  for (let field = reader.next(statusFields); field !== -1; field = reader.next(statusFields))
    if (field === ofStatus.code) code = reader.number();
    else reader.text(columns.StatusMessage.values);
  if (!isFound(statusFields, ofStatus.message)) columns.StatusMessage.values.uint8(0);
  columns.StatusCode.values.string(spanStatuses[code] ?? "");
}

/** An event without a time is dated by its span's beginning. */
function writeEvents(columns: SpanColumns, reader: Reader): void {
  const { "Events.Timestamp": times, "Events.Name": names, "Events.Attributes": maps } = columns;
  let count = 0;
  for (let more = reader.isList(); more; more = reader.hasMore(), count++) {
    time.set(0, 0);
    reader.enter(event);
    for (let field = reader.next(event); field !== -1; field = reader.next(event))
      if (field === ofEvent.time) reader.time(time);
      else if (field === ofEvent.name) reader.text(names.values);
      else ofEvents.write(maps, reader);
    // Where the beginning is yet to come, it is out of the ordinary.
    (time.isZero ? start : time).write(times.values);
    if (!isFound(event, ofEvent.name)) names.values.uint8(0);
    if (!isFound(event, ofEvent.attributes)) maps.endMap(0);
  }
  endEvents(columns, count);
}

function endEvents(columns: SpanColumns, count: number): void {
  columns["Events.Timestamp"].endList(count);
  columns["Events.Name"].endList(count);
  columns["Events.Attributes"].endList(count);
}

function writeLinks(columns: SpanColumns, reader: Reader): void {
  const {
    "Links.TraceId": traces,
    "Links.SpanId": spans,
    "Links.TraceState": states,
    "Links.Attributes": maps,
  } = columns;
  let count = 0;
  for (let more = reader.isList(); more; more = reader.hasMore(), count++) {
    reader.enter(link);
    for (let field = reader.next(link); field !== -1; field = reader.next(link))
      if (field === ofLink.traceId) reader.id(traces.values, 16);
      else if (field === ofLink.spanId) reader.id(spans.values, 8);
      else if (field === ofLink.traceState) reader.text(states.values);
      else ofLinks.write(maps, reader);
    if (!isFound(link, ofLink.traceId)) traces.values.uint8(0);
    if (!isFound(link, ofLink.spanId)) spans.values.uint8(0);
    if (!isFound(link, ofLink.traceState)) states.values.uint8(0);
    if (!isFound(link, ofLink.attributes)) maps.endMap(0);
  }
  endLinks(columns, count);
}

function endLinks(columns: SpanColumns, count: number): void {
  columns["Links.TraceId"].endList(count);
  columns["Links.SpanId"].endList(count);
  columns["Links.TraceState"].endList(count);
  columns["Links.Attributes"].endList(count);
}
