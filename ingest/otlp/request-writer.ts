import { isUtf8 } from "node:buffer";
import type { OtlpEncoding } from "#contracts/otlp/codec.ts";
import type { Message } from "#ingest/message.ts";
import { JsonReader } from "./json-reader.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import { RowBytes } from "./row-bytes.ts";
import { writeAttribute, writeAttributes } from "./write-attributes.ts";
import { type Copy, comma, rangeOf, writeText } from "./write-fields.ts";
import { writeLog } from "./write-log.ts";
import { writeSpan } from "./write-span.ts";

export type WrittenSignal = "traces" | "logs";

const resource = layoutOf([1, "attributes", "repeated"]);
const scope = layoutOf([1, "name", "text"], [2, "version", "text"], [3, "attributes", "repeated"]);
const ofEither = (groups: string, scopes: string, records: string) => ({
  request: layoutOf([1, groups, "repeated"]),
  group: layoutOf([1, "resource", "message"], [2, scopes, "repeated"], [3, "schemaUrl", "text"]),
  scopeGroup: layoutOf([1, "scope", "message"], [2, records, "repeated"], [3, "schemaUrl", "text"]),
});
const layouts = {
  traces: ofEither("resourceSpans", "scopeSpans", "spans"),
  logs: ofEither("resourceLogs", "scopeLogs", "logRecords"),
} as const satisfies Record<WrittenSignal, unknown>;

const serviceName = Buffer.from("service.name");
const rowEnd = Buffer.from("]\n");
// The most that a byte can come to: of an event of two bytes there is a name, a map and a time.
const growth = 16;
const overhead = 1_024;

/** Copies requests into rows without making objects of them. */
export class RequestWriter {
  readonly #signal: WrittenSignal;
  readonly #rows: RowBytes;
  readonly #readers = { protobuf: new ProtobufReader(), json: new JsonReader() } as const;
  /** What each row of a resource begins with, and what follows in each row of a scope. */
  readonly #ofResource = new RowBytes();
  readonly #ofScope = new RowBytes();

  constructor(signal: WrittenSignal, rows: RowBytes) {
    this.#signal = signal;
    this.#rows = rows;
  }

  /**
   * Writes a message's rows, the same as decoding it first would come to; how many there are. Undefined, and nothing
   * written, where anything about it is out of the ordinary.
   */
  write(message: Message, value: Buffer, encoding: OtlpEncoding): number | undefined {
    const rows = this.#rows;
    const mark = rows.mark();
    try {
      const count = this.#groups({ reader: this.#readers[encoding], rows }, message, value);
      // Quotes stand between texts, so that what is UTF-8 together is so each by itself.
      if (rows.since(mark).every((piece) => isUtf8(piece))) return count;
    } catch {
      // Whatever it is, the thorough way says it better.
    }
    rows.back(mark);
    return undefined;
  }

  #groups(copy: Copy, { topic, partition, offset, timeMs }: Message, value: Buffer): number {
    const { request, group, scopeGroup } = layouts[this.#signal];
    const { reader } = copy;
    const place = `,${JSON.stringify(topic)},${partition},${offset}`;
    const readNanos = `${Math.max(timeMs, 0)}000000`;
    let count = 0;
    reader.open(value, request);
    const groups = rangeOf(request, 0);
    for (let at = groups.from; at < groups.to; ) {
      at = reader.next(at);
      reader.scan(group, reader.at, at);
      const scopes = rangeOf(group, 1);
      this.#writeResource({ reader, rows: this.#ofResource });
      for (let scopeAt = scopes.from; scopeAt < scopes.to; ) {
        scopeAt = reader.next(scopeAt);
        reader.scan(scopeGroup, reader.at, scopeAt);
        this.#writeScope({ reader, rows: this.#ofScope }, place);
        count += this.#writeRecords(copy, readNanos);
      }
    }
    return count;
  }

  #writeResource(copy: Copy): void {
    const { rows, reader } = copy;
    const { group } = layouts[this.#signal];
    const { from, to } = rangeOf(group, 0);
    rows.restart((reader.size(from, to) + lengthOf(group, 2)) * growth + overhead);
    reader.scan(resource, from, to);
    rows.byte(0x5b);
    writeAttribute(copy, resource, { place: 0, key: serviceName });
    rows.byte(comma);
    writeAttributes(copy, resource, 0);
    if (this.#signal === "logs") {
      rows.byte(comma);
      writeText(copy, group, 2);
    }
  }

  #writeScope(copy: Copy, place: string): void {
    const { rows, reader } = copy;
    const { scopeGroup } = layouts[this.#signal];
    const { from, to } = rangeOf(scopeGroup, 0);
    rows.restart((reader.size(from, to) + lengthOf(scopeGroup, 2)) * growth + overhead);
    reader.scan(scope, from, to);
    rows.byte(comma);
    writeText(copy, scope, 0);
    rows.byte(comma);
    writeText(copy, scope, 1);
    if (this.#signal === "logs") {
      rows.byte(comma);
      writeAttributes(copy, scope, 2);
      rows.byte(comma);
      writeText(copy, scopeGroup, 2);
    }
    rows.ascii(place);
    rows.byte(comma);
  }

  #writeRecords(copy: Copy, readNanos: string): number {
    const { rows, reader } = copy;
    const { from, to: last } = rangeOf(layouts[this.#signal].scopeGroup, 1);
    let count = 0;
    for (let at = from; at < last; count++) {
      const to = reader.next(at);
      const record = { from: reader.at, to };
      rows.reserve(reader.size(record.from, to) * growth + this.#ofResource.at + this.#ofScope.at + overhead);
      rows.raw(this.#ofResource.bytes, this.#ofResource.at);
      rows.raw(this.#ofScope.bytes, this.#ofScope.at);
      if (this.#signal === "traces") writeSpan(copy, record.from, to);
      else writeLog(copy, record, readNanos);
      rows.raw(rowEnd);
      at = to;
    }
    return count;
  }
}

function lengthOf({ from, to }: Layout, place: number): number {
  return (to[place] ?? 0) - (from[place] ?? 0);
}
