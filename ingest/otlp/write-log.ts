import { layoutOf } from "./layout.ts";
import { Nanos } from "./nanos.ts";
import { writeAttributes } from "./write-attributes.ts";
import { type Copy, comma, rangeOf, startOf, writeId, writeText } from "./write-fields.ts";

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
const at = { time: 0, severity: 1, severityText: 2, body: 3, attributes: 4, flags: 5, observed: 8, eventName: 9 };
const traceId = { place: 6, bytes: 16 } as const;
const spanId = { place: 7, bytes: 8 } as const;

const time = new Nanos();

/** A log record as what follows the head in a row of `otel_logs`; the same as `logRow`. */
export function writeLog(copy: Copy, { from, to }: { from: number; to: number }, readNanos: string): void {
  const { rows, reader } = copy;
  reader.scan(log, from, to);
  reader.time(startOf(log, at.time), time);
  if (time.isZero) reader.time(startOf(log, at.observed), time);
  writeId(copy, log, traceId);
  rows.byte(comma);
  writeId(copy, log, spanId);
  rows.byte(comma);
  rows.digits(reader.flags(startOf(log, at.flags)) & 0xff);
  rows.byte(comma);
  writeText(copy, log, at.severityText);
  rows.byte(comma);
  rows.digits(reader.number(startOf(log, at.severity)) & 0xff);
  rows.byte(comma);
  const body = rangeOf(log, at.body);
  reader.writeAny(rows, body.from, body.to);
  rows.byte(comma);
  writeAttributes(copy, log, at.attributes);
  rows.byte(comma);
  writeText(copy, log, at.eventName);
  rows.byte(comma);
  if (time.isZero) rows.ascii(readNanos);
  else time.write(rows);
}
