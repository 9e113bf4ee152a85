import type { NativeBlock } from "#ingest/native/block.ts";
import { isFound, layoutOf } from "./layout.ts";
import { Nanos } from "./nanos.ts";
import type { nativeTables } from "./native-tables.ts";
import type { Reader } from "./reader.ts";
import { Attributes } from "./write-attributes.ts";

type LogColumns = NativeBlock<(typeof nativeTables)["otel_logs"]>["columns"];

const log = layoutOf(
  [1, "timeUnixNano", "time"],
  [2, "severityNumber", "number"],
  [3, "severityText", "text"],
  [5, "body", "message"],
  [6, "attributes", "repeated"],
  [8, "flags", "flags"],
  [9, "traceId", "id"],
  [10, "spanId", "id"],
  [11, "observedTimeUnixNano", "time"],
  [12, "eventName", "text"],
);
const [timeUnixNano, severityNumber, severityText, body, attributes] = [0, 1, 2, 3, 4];
const [flags, traceId, spanId, observedTime, eventName] = [5, 6, 7, 8, 9];

const ofLog = new Attributes();
const time = new Nanos();
const observed = new Nanos();

/** The log record that is next into the columns that are its own; the same as `logRow`. `readMs` dates one without a time. */
export function writeLog(columns: LogColumns, reader: Reader, readMs: number): void {
  time.set(0, 0);
  observed.set(0, 0);
  let ofFlags = 0;
  let severity = 0;
  reader.enter(log);
  for (let field = reader.next(log); field !== -1; field = reader.next(log))
    switch (field) {
      case timeUnixNano:
        reader.time(time);
        break;
      case severityNumber:
        severity = reader.number();
        break;
      case severityText:
        reader.text(columns.SeverityText.values);
        break;
      case body:
        reader.any(columns.Body.values);
        break;
      case attributes:
        ofLog.write(columns.LogAttributes, reader);
        break;
      case flags:
        ofFlags = reader.flags();
        break;
      case traceId:
        reader.id(columns.TraceId.values, 16);
        break;
      case spanId:
        reader.id(columns.SpanId.values, 8);
        break;
      case observedTime:
        reader.time(observed);
        break;
      case eventName:
        reader.text(columns.EventName.values);
    }
  writeTime(columns, readMs);
  columns.TraceFlags.values.uint8(ofFlags & 0xff);
  columns.SeverityNumber.values.uint8(severity & 0xff);
  writeAbsent(columns);
}

function writeTime(columns: LogColumns, readMs: number): void {
  if (time.isZero && observed.isZero) time.setSeconds(Math.floor(readMs / 1000), (readMs % 1000) * 1_000_000);
  (time.isZero ? observed : time).write(columns.Timestamp.values);
}

function writeAbsent(columns: LogColumns): void {
  if (!isFound(log, traceId)) columns.TraceId.values.uint8(0);
  if (!isFound(log, spanId)) columns.SpanId.values.uint8(0);
  if (!isFound(log, severityText)) columns.SeverityText.values.uint8(0);
  if (!isFound(log, eventName)) columns.EventName.values.uint8(0);
  if (!isFound(log, body)) columns.Body.values.uint8(0);
  if (!isFound(log, attributes)) columns.LogAttributes.endMap(0);
}
