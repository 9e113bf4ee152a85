import type { OtlpEncoding } from "#contracts/otlp/json.ts";
import type { Message } from "#ingest/message.ts";
import type { Column } from "#ingest/native/columns.ts";
import { Unusual } from "#ingest/native/unusual.ts";
import { JsonReader } from "./json-reader.ts";
import { isFound, layoutOf } from "./layout.ts";
import type { NativeTarget } from "./native-target.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import type { Reader } from "./reader.ts";
import { Attributes, writeAttribute } from "./write-attributes.ts";

// Places in the fields of a target's `group` and `scopeGroup`; between them are the items.
const [head, schemaUrl] = [0, 2];
const resource = layoutOf([1, "attributes", "repeated"]);
const scope = layoutOf([1, "name", "text"], [2, "version", "text"], [3, "attributes", "repeated"]);
const ofScope = { name: 0, version: 1, attributes: 2 };
const [ofResources, ofScopes] = [new Attributes(), new Attributes()];
const serviceName = Buffer.from("service.name");

/** Copies requests into a table's columns without making objects of them. */
export class RequestWriter {
  readonly #target: NativeTarget;
  readonly #readers = { protobuf: new ProtobufReader(), json: new JsonReader() } as const;
  /** What the rows have in common of a message, of a group in it, and of a scope in that. */
  readonly #ofMessage: readonly Column[];
  readonly #ofGroup: readonly Column[];
  readonly #ofScope: readonly Column[];

  constructor(target: NativeTarget) {
    const { shared } = target;
    this.#target = target;
    this.#ofMessage = [shared._topic, shared._partition, shared._offset];
    this.#ofGroup = [shared.ServiceName, shared.ResourceAttributes, shared.ResourceSchemaUrl];
    this.#ofScope = [shared.ScopeName, shared.ScopeVersion, shared.ScopeAttributes, shared.ScopeSchemaUrl];
  }

  /**
   * Writes a message's rows, the same as decoding it first would come to; how many there are. Undefined, and nothing
   * written, where anything about it is out of the ordinary.
   */
  write(message: Message, value: Buffer, encoding: OtlpEncoding): number | undefined {
    const { block, unwanted } = this.#target;
    block.mark();
    try {
      const rows = this.#request(this.#readers[encoding], message, value);
      this.#place(message, rows);
      return rows;
    } catch {
      // Whatever it is, the thorough way says it better.
      block.back();
      return undefined;
    } finally {
      for (const column of unwanted) column.clear();
    }
  }

  #request(reader: Reader, { timeMs }: Message, value: Buffer): number {
    const { request } = this.#target;
    const readMs = Math.max(timeMs, 0);
    let rows = 0;
    reader.open(value, request);
    while (reader.next(request) !== -1)
      for (let more = reader.isList(); more; more = reader.hasMore()) rows += this.#group(reader, readMs);
    reader.close();
    if (!isFound(request, 0) && reader.unknown > 0) throw new Unusual("Nothing in the request is known");
    return rows;
  }

  #group(reader: Reader, readMs: number): number {
    const { group, shared } = this.#target;
    let rows = 0;
    begin(this.#ofGroup);
    reader.enter(group);
    for (let field = reader.next(group); field !== -1; field = reader.next(group))
      if (field === head) this.#resource(reader);
      else if (field === schemaUrl) reader.text(shared.ResourceSchemaUrl.values);
      else for (let more = reader.isList(); more; more = reader.hasMore()) rows += this.#scope(reader, readMs);
    if (!isFound(group, head)) {
      shared.ResourceAttributes.endMap(0);
      shared.ServiceName.values.uint8(0);
    }
    if (!isFound(group, schemaUrl)) shared.ResourceSchemaUrl.values.uint8(0);
    repeat(this.#ofGroup, rows);
    return rows;
  }

  #resource(reader: Reader): void {
    const { ServiceName, ResourceAttributes } = this.#target.shared;
    reader.enter(resource);
    while (reader.next(resource) !== -1) {
      ofResources.write(ResourceAttributes, reader);
      writeAttribute(ServiceName.values, serviceName);
    }
    if (isFound(resource, 0)) return;
    ResourceAttributes.endMap(0);
    ServiceName.values.uint8(0);
  }

  #scope(reader: Reader, readMs: number): number {
    const { scopeGroup, shared, write } = this.#target;
    let rows = 0;
    begin(this.#ofScope);
    // Of the scope there may be nothing.
    scope.found = 0;
    reader.enter(scopeGroup);
    for (let field = reader.next(scopeGroup); field !== -1; field = reader.next(scopeGroup))
      if (field === head) this.#scopeItself(reader);
      else if (field === schemaUrl) reader.text(shared.ScopeSchemaUrl.values);
      else for (let more = reader.isList(); more; more = reader.hasMore(), rows++) write(reader, readMs);
    if (!isFound(scope, ofScope.name)) shared.ScopeName.values.uint8(0);
    if (!isFound(scope, ofScope.version)) shared.ScopeVersion.values.uint8(0);
    if (!isFound(scope, ofScope.attributes)) shared.ScopeAttributes.endMap(0);
    if (!isFound(scopeGroup, schemaUrl)) shared.ScopeSchemaUrl.values.uint8(0);
    repeat(this.#ofScope, rows);
    return rows;
  }

  #scopeItself(reader: Reader): void {
    const { ScopeName, ScopeVersion, ScopeAttributes } = this.#target.shared;
    reader.enter(scope);
    for (let field = reader.next(scope); field !== -1; field = reader.next(scope))
      if (field === ofScope.name) reader.text(ScopeName.values);
      else if (field === ofScope.version) reader.text(ScopeVersion.values);
      else ofScopes.write(ScopeAttributes, reader);
  }

  #place({ topic, partition, offset }: Message, rows: number): void {
    const { _topic, _partition, _offset } = this.#target.shared;
    begin(this.#ofMessage);
    _topic.values.string(topic);
    _partition.values.uint32(partition);
    _offset.values.uint64(Number(offset & 0xffff_ffffn), Number(offset >> 32n));
    repeat(this.#ofMessage, rows);
  }
}

function begin(columns: readonly Column[]): void {
  for (const column of columns) column.begin();
}

function repeat(columns: readonly Column[], rows: number): void {
  for (const column of columns) column.repeat(rows);
}
