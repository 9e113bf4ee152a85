import type { NativeBlock } from "#ingest/native/block.ts";
import { Unusual } from "#ingest/native/unusual.ts";
import { layoutOf } from "./layout.ts";
import { Nanos } from "./nanos.ts";
import type { nativeTables } from "./native-tables.ts";
import type { Reader } from "./reader.ts";
import { writeAttributes } from "./write-attributes.ts";
import { rangeOf, startOf, writeText } from "./write-fields.ts";

type LogColumns = NativeBlock<(typeof nativeTables)["otel_logs"]>["columns"];

interface LogRecord {
  readonly from: number;
  readonly to: number;
  readonly readMs: number;
}

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
const at = {
  time: 0,
  severity: 1,
  severityText: 2,
  body: 3,
  attributes: 4,
  flags: 5,
  traceId: 6,
  spanId: 7,
  observed: 8,
  eventName: 9,
};

const time = new Nanos();

/** A log record into the columns that are its own; the same as `logRow`. `readMs` dates a record without a time. */
export function writeLog(columns: LogColumns, reader: Reader, { from, to, readMs }: LogRecord): void {
  reader.scan(log, from, to);
  reader.time(startOf(log, at.time), time);
  if (time.isZero) reader.time(startOf(log, at.observed), time);
  if (time.isZero) time.setSeconds(Math.floor(readMs / 1000), (readMs % 1000) * 1_000_000);
  if (time.isZero) throw new Unusual("Neither the record nor its message has a time");
  time.write(columns.Timestamp.values);
  reader.writeId(columns.TraceId.values, rangeOf(log, at.traceId), 16);
  reader.writeId(columns.SpanId.values, rangeOf(log, at.spanId), 8);
  columns.TraceFlags.values.uint8(reader.flags(startOf(log, at.flags)) & 0xff);
  columns.SeverityNumber.values.uint8(reader.number(startOf(log, at.severity)) & 0xff);
  writeText(columns.SeverityText.values, reader, { layout: log, place: at.severityText });
  writeText(columns.EventName.values, reader, { layout: log, place: at.eventName });
  const body = rangeOf(log, at.body);
  reader.writeAny(columns.Body.values, body.from, body.to);
  writeAttributes(columns.LogAttributes, reader, rangeOf(log, at.attributes));
}
