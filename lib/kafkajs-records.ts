import { createRequire } from "node:module";
import type { IHeaders } from "kafkajs";

/** What kafkajs wants to know of the batch that a record came in. */
interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp: string;
  readonly partitionLeaderEpoch: number;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly timestampType: number;
  readonly magicByte: number;
}

/** kafkajs's cursor on the bytes that came. */
interface Decoder {
  readonly buffer: Buffer;
  slice(bytes: number): Decoder;
  forward(bytes: number): void;
  readAll(): Buffer;
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  readInt64(): bigint;
}

const require = createRequire(import.meta.url);
const path = "kafkajs/src/protocol/recordBatch/v0/decoder.js";
const { lookupCodecByAttributes } = require("kafkajs/src/protocol/message/compression/index.js") as {
  lookupCodecByAttributes(attributes: number): { decompress(compressed: Buffer): Promise<Buffer> } | null;
};
const { KafkaJSPartialMessageError } = require("kafkajs/src/errors.js") as {
  KafkaJSPartialMessageError: new (message: string) => Error;
};

/**
 * kafkajs 2.2.4 makes a dozen objects of each record, whether anyone looks at them or not, and that is most of what it
 * costs to read many. Here a record stays in the bytes that came, and is taken apart where it is asked for. To be called
 * before anything is fetched.
 */
export function mendRecords(): void {
  require(path);
  const module = require.cache[require.resolve(path)];
  if (module) module.exports = decodeRecordBatch;
}

const atLogAppend = 0x08;
const ofTransaction = 0x10;
const ofControl = 0x20;

/** One batch of records of a fetch's answer, as in kafkajs; the answer may end in the middle of one. */
export async function decodeRecordBatch(
  answer: Decoder,
): Promise<BatchContext & { readonly records: readonly LazyRecord[] }> {
  const firstOffset = String(answer.readInt64());
  const length = answer.readInt32();
  const batch = answer.slice(length);
  answer.forward(length);
  if (batch.buffer.length < length)
    throw new KafkaJSPartialMessageError(`${batch.buffer.length} of the ${length} bytes of a record batch`);
  const partitionLeaderEpoch = batch.readInt32();
  const magicByte = batch.readInt8();
  // Its checksum, which kafkajs does not look at either.
  batch.readInt32();
  const attributes = batch.readInt16();
  const context: BatchContext = {
    firstOffset,
    partitionLeaderEpoch,
    magicByte,
    inTransaction: (attributes & ofTransaction) !== 0,
    isControlBatch: (attributes & ofControl) !== 0,
    timestampType: (attributes & atLogAppend) === 0 ? 0 : 1,
    lastOffsetDelta: batch.readInt32(),
    firstTimestamp: String(batch.readInt64()),
    maxTimestamp: String(batch.readInt64()),
    producerId: String(batch.readInt64()),
    producerEpoch: batch.readInt16(),
    firstSequence: batch.readInt32(),
  };
  const count = batch.readInt32();
  const bytes = batch.readAll();
  const codec = lookupCodecByAttributes(attributes);
  const plain = codec && count > 0 ? await codec.decompress(bytes) : bytes;
  return { ...context, records: decodeRecords(plain, count, context) };
}

function decodeRecords(bytes: Buffer, count: number, context: BatchContext): LazyRecord[] {
  const batch = { bytes, context, firstOffset: BigInt(context.firstOffset) };
  const varints = new Varints(bytes);
  const records: LazyRecord[] = [];
  for (let index = 0; index < count; index += 1) {
    const length = varints.next();
    const end = varints.at + length;
    const attributes = bytes[varints.at++] ?? 0;
    const timestampDelta = varints.next();
    const offsetDelta = varints.next();
    records.push(new LazyRecord({ batch, at: varints.at, offsetDelta, timestampDelta }, attributes));
    varints.at = end;
  }
  return records;
}

/** Where a record stands in its batch. */
export interface RecordPlace {
  readonly batch: { readonly bytes: Buffer; readonly context: BatchContext; readonly firstOffset: bigint };
  /** Where the length of its key stands. */
  readonly at: number;
  readonly offsetDelta: number;
  readonly timestampDelta: number;
}

/**
 * A record in the bytes that came: each part of it is made anew where it is asked for. Many are held at a time, so it has
 * no object beside it, not even its offset.
 */
export class RecordInBatch implements RecordPlace {
  readonly batch: RecordPlace["batch"];
  readonly at: number;
  readonly offsetDelta: number;
  readonly timestampDelta: number;

  constructor({ batch, at, offsetDelta, timestampDelta }: RecordPlace) {
    this.batch = batch;
    this.at = at;
    this.offsetDelta = offsetDelta;
    this.timestampDelta = timestampDelta;
  }

  /** Its offset. */
  get place(): bigint {
    return this.batch.firstOffset + BigInt(this.offsetDelta);
  }

  protected get timestampMs(): bigint {
    const { timestampType, firstTimestamp, maxTimestamp } = this.batch.context;
    return timestampType === 1 ? BigInt(maxTimestamp) : BigInt(firstTimestamp) + BigInt(this.timestampDelta);
  }

  get key(): Buffer | null {
    return this.#varints().bytesOrNull();
  }

  get value(): Buffer | null {
    const varints = this.#varints();
    varints.skip();
    return varints.bytesOrNull();
  }

  /** Of its value; -1 where there is none. */
  get valueLength(): number {
    const varints = this.#varints();
    varints.skip();
    return varints.next();
  }

  /** Copies its value to `target` from `at` on; answers how many bytes that were. */
  copyValue(target: Buffer, at: number): number {
    const varints = this.#varints();
    varints.skip();
    const length = varints.next();
    return length > 0 ? this.batch.bytes.copy(target, at, varints.at, varints.at + length) : 0;
  }

  hasHeader(name: string): boolean {
    const varints = this.#varints();
    varints.skip();
    varints.skip();
    for (let left = varints.next(); left > 0; left -= 1) {
      const length = varints.next();
      const from = varints.at;
      varints.at += length;
      if (length === name.length && this.batch.bytes.toString("latin1", from, varints.at) === name) return true;
      varints.skip();
    }
    return false;
  }

  /** By name: the value, or all where there are several, in their order. */
  get headers(): IHeaders {
    const varints = this.#varints();
    varints.skip();
    varints.skip();
    const headers = new Map<string, Buffer | null | (Buffer | null)[]>();
    for (let left = varints.next(); left > 0; left -= 1) {
      const name = String(varints.bytesOrNull());
      const value = varints.bytesOrNull();
      const before = headers.get(name);
      if (before === undefined) headers.set(name, value);
      else if (Array.isArray(before)) before.push(value);
      else headers.set(name, [before, value]);
    }
    return Object.fromEntries(headers) as IHeaders;
  }

  #varints(): Varints {
    return new Varints(this.batch.bytes, this.at);
  }
}

/** A record with all that kafkajs's `KafkaMessage` has. */
export class LazyRecord extends RecordInBatch {
  readonly attributes: number;

  constructor(place: RecordPlace, attributes: number) {
    super(place);
    this.attributes = attributes;
  }

  get batchContext(): BatchContext {
    return this.batch.context;
  }

  get magicByte(): number {
    return this.batchContext.magicByte;
  }

  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch;
  }

  get offset(): string {
    return String(this.place);
  }

  get timestamp(): string {
    return String(this.timestampMs);
  }
}

/** Reads Kafka's variable-length numbers, and bytes behind their length. */
class Varints {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  next(): number {
    let byte = this.#bytes[this.at++] ?? 0;
    let number = byte & 0x7f;
    for (let scale = 0x80; byte >= 0x80; scale *= 0x80) {
      byte = this.#bytes[this.at++] ?? 0;
      number += (byte & 0x7f) * scale;
    }
    return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
  }

  /** Passes over bytes behind their length. */
  skip(): void {
    const length = this.next();
    if (length > 0) this.at += length;
  }

  bytesOrNull(): Buffer | null {
    const length = this.next();
    if (length < 0) return null;
    const from = this.at;
    this.at += length;
    return this.#bytes.subarray(from, this.at);
  }
}
