import type { OtlpEncoding } from "#contracts/otlp/json.ts";
import type { Message } from "#ingest/message.ts";
import type { Column } from "#ingest/native/columns.ts";
import type { Strip } from "#ingest/native/strip.ts";
import { Unusual } from "#ingest/native/unusual.ts";
import { JsonReader } from "./json-reader.ts";
import { layoutOf } from "./layout.ts";
import type { NativeTarget } from "./native-target.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import type { Reader } from "./reader.ts";
import { writeAttribute, writeAttributes } from "./write-attributes.ts";
import { rangeOf, writeText } from "./write-fields.ts";

const resource = layoutOf([1, "attributes", "repeated"]);
const scope = layoutOf([1, "name", "text"], [2, "version", "text"], [3, "attributes", "repeated"]);
const serviceName = Buffer.from("service.name");

/** Copies requests into a table's columns without making objects of them. */
export class RequestWriter {
  readonly #target: NativeTarget;
  readonly #readers = { protobuf: new ProtobufReader(), json: new JsonReader() } as const;

  constructor(target: NativeTarget) {
    this.#target = target;
  }

  /**
   * Writes a message's rows, the same as decoding it first would come to; how many there are. Undefined, and nothing
   * written, where anything about it is out of the ordinary.
   */
  write(message: Message, value: Buffer, encoding: OtlpEncoding): number | undefined {
    const { block } = this.#target;
    block.mark();
    try {
      return this.#groups(this.#readers[encoding], message, value);
    } catch {
      // Whatever it is, the thorough way says it better.
      block.back();
      return undefined;
    }
  }

  #groups(reader: Reader, message: Message, value: Buffer): number {
    const { request, group, scopeGroup } = this.#target;
    let count = 0;
    reader.open(value, request);
    const groups = rangeOf(request, 0);
    if (groups.from === -1 && !reader.isEmpty) throw new Unusual("Nothing in the request is known");
    for (let at = groups.from; at < groups.to; ) {
      at = reader.next(at);
      reader.scan(group, reader.at, at);
      const scopes = rangeOf(group, 1);
      for (let scopeAt = scopes.from; scopeAt < scopes.to; ) {
        scopeAt = reader.next(scopeAt);
        reader.scan(scopeGroup, reader.at, scopeAt);
        const rows = this.#records(reader, message);
        if (rows > 0) this.#shared(reader, message, rows);
        count += rows;
      }
    }
    return count;
  }

  #records(reader: Reader, { timeMs }: Message): number {
    const { scopeGroup, write } = this.#target;
    const readMs = Math.max(timeMs, 0);
    const { from, to } = rangeOf(scopeGroup, 1);
    let count = 0;
    for (let at = from; at < to; count++) {
      at = reader.next(at);
      write(reader, { from: reader.at, to: at, readMs });
    }
    return count;
  }

  /** What all records of a scope have in common, so many times. */
  #shared(reader: Reader, { topic, partition, offset }: Message, rows: number): void {
    const { group, scopeGroup, shared, more } = this.#target;
    const text = (column: Column, from: { layout: typeof scope; place: number }) =>
      repeated(column, rows, (strip) => writeText(strip, reader, from));
    const ofResource = rangeOf(group, 0);
    reader.scan(resource, ofResource.from, ofResource.to);
    const attributes = rangeOf(resource, 0);
    repeated(shared.ServiceName, rows, (strip) => writeAttribute(strip, reader, { ...attributes, key: serviceName }));
    repeatedMap(shared.ResourceAttributes, rows, (column) => writeAttributes(column, reader, attributes));
    const ofScope = rangeOf(scopeGroup, 0);
    reader.scan(scope, ofScope.from, ofScope.to);
    text(shared.ScopeName, { layout: scope, place: 0 });
    text(shared.ScopeVersion, { layout: scope, place: 1 });
    if (more) {
      repeatedMap(more.ScopeAttributes, rows, (column) => writeAttributes(column, reader, rangeOf(scope, 2)));
      text(more.ResourceSchemaUrl, { layout: group, place: 2 });
      text(more.ScopeSchemaUrl, { layout: scopeGroup, place: 2 });
    }
    repeated(shared._topic, rows, (strip) => strip.string(topic));
    repeated(shared._partition, rows, (strip) => strip.uint32(partition));
    const [low, high] = [Number(offset & 0xffff_ffffn), Number(offset >> 32n)];
    repeated(shared._offset, rows, (strip) => strip.uint64(low, high));
  }
}

function repeated({ values }: Column, rows: number, write: (strip: Strip) => void): void {
  const from = values.at;
  write(values);
  values.repeat(from, rows);
}

function repeatedMap(column: Column, rows: number, write: (column: Column) => void): void {
  const { keys, values, pairs } = column;
  const from = { keys: keys.at, values: values.at };
  write(column);
  keys.repeat(from.keys, rows);
  values.repeat(from.values, rows);
  const more = column.pairs - pairs;
  for (let row = 1; row < rows; row++) column.endMap(more);
}
