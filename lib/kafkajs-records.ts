import { createRequire } from "node:module";
import type { IHeaders } from "kafkajs";
import { TooLargeUnpacked } from "./kafka-codecs.ts";
import { adopt, hold, letGo } from "./lent-bytes.ts";

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
const decoderPath = "kafkajs/src/protocol/recordBatch/v0/decoder.js";
const { lookupCodecByAttributes } = require("kafkajs/src/protocol/message/compression/index.js") as {
  lookupCodecByAttributes(attributes: number): { decompress(compressed: Buffer): Promise<Buffer> } | null;
};
const { KafkaJSPartialMessageError } = require("kafkajs/src/errors.js") as {
  KafkaJSPartialMessageError: new (message: string) => Error;
};

/**
 * kafkajs 2.2.4 makes a dozen objects of each record, whether anyone looks at them or not, and that is most of what it
 * costs to read many. Here the records of a batch stay in the bytes that came, and all that kafkajs holds of them is one
 * message, their `RecordBatch`: whoever consumes must know that. To be called before anything is fetched.
 */
export function mendRecords(): void {
  require(decoderPath);
  const module = require.cache[require.resolve(decoderPath)];
  if (module) module.exports = decodeRecordBatch;
  mendFirstOffset();
  mendAborted();
}

/** What kafkajs makes of a fetch. */
interface FetchedBatch {
  readonly fetchedOffset: string;
  readonly messagesWithinOffset: readonly unknown[];
  firstOffset(): string | null;
}

function mendFirstOffset(): void {
  const { prototype } = require("kafkajs/src/consumer/batch.js") as { prototype: FetchedBatch };
  const { firstOffset } = prototype;
  prototype.firstOffset = function (this: FetchedBatch) {
    const [first] = this.messagesWithinOffset;
    if (!(first instanceof RecordBatch)) return firstOffset.call(this);
    const begins = first.offsetAt(0);
    const fetched = BigInt(this.fetchedOffset);
    return String(begins > fetched ? begins : fetched);
  };
}

export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}
interface FetchedPartition {
  abortedTransactions?: AbortedTransaction[];
  readonly messages: readonly unknown[];
}
interface Broker {
  fetch(ask: unknown): Promise<{ readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[] }>;
}

/** kafkajs notices one aborted transaction a message at most: of several that are open where a fetch begins, it lets some through. */
function mendAborted(): void {
  const { prototype } = require("kafkajs/src/broker/index.js") as { prototype: Broker };
  const { fetch } = prototype;
  prototype.fetch = async function (this: Broker, ask) {
    const answer = await fetch.call(this, ask);
    for (const partition of answer.responses.flatMap(({ partitions }) => partitions)) {
      const batches = partition.messages.filter((message) => message instanceof RecordBatch);
      markAborted(batches, partition.abortedTransactions ?? []);
      partition.abortedTransactions = [];
    }
    return answer;
  };
}

/** Marks the batches, in the order of the log, that are of transactions which were aborted. */
export function markAborted(batches: readonly RecordBatch[], aborted: readonly AbortedTransaction[]): void {
  const coming = aborted
    .map(({ producerId, firstOffset }) => ({ producerId, first: BigInt(firstOffset) }))
    .sort((a, b) => Number(a.first - b.first));
  const open = new Set<string>();
  for (const batch of batches) {
    while (coming[0] && coming[0].first <= batch.last) open.add(coming.shift()?.producerId ?? "");
    const { producerId, inTransaction } = batch.batchContext;
    if (batch.isAbortMarker) open.delete(producerId);
    else if (inTransaction && open.has(producerId)) batch.isAborted = true;
  }
}

const atLogAppend = 0x08;
const ofTransaction = 0x10;
const ofControl = 0x20;
/** The key of a control record: version 0 of type 0. */
const abortMarker = Buffer.from([0, 0, 0, 0]);

/** One batch of a fetch's answer, as in kafkajs, but all its records are one; the answer may end in the middle of a batch. */
export async function decodeRecordBatch(
  answer: Decoder,
): Promise<BatchContext & { readonly records: readonly RecordBatch[] }> {
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
  if (count <= 0) return { ...context, records: [] };
  try {
    const plain = codec ? await codec.decompress(bytes) : bytes;
    if (codec) adopt(plain);
    return { ...context, records: [new RecordBatch(plain, count, context)] };
  } catch (error) {
    if (!(error instanceof TooLargeUnpacked)) throw error;
    return { ...context, records: [new RecordBatch(emptyRecords(count, context), count, context, error.message)] };
  }
}

/** As many records that say nothing, at the batch's last offsets: which it has lies in what is not unpacked, and mostly it has all. */
function emptyRecords(count: number, { lastOffsetDelta }: BatchContext): Buffer {
  const first = Math.max(0, lastOffsetDelta - count + 1);
  const [nothing, none] = [varint(-1), varint(0)];
  const ofKeyValueAndHeaders = [...nothing, ...nothing, ...none];
  return Buffer.from(
    Array.from({ length: count }, (_, index) => {
      const record = [0, ...varint(0), ...varint(first + index), ...ofKeyValueAndHeaders];
      return [...varint(record.length), ...record];
    }).flat(),
  );
}

/** The bytes of one of Kafka's variable-length numbers. */
function varint(number: number): number[] {
  const bytes: number[] = [];
  let rest = number < 0 ? -2 * number - 1 : 2 * number;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}

const [timestampDelta, offsetDelta, keyPlace, valueLength, valuePlace, recordLength, columns] = [
  0, 1, 2, 3, 4, 5, 6,
] as const;

/** The records of a batch in the bytes that came; each is made where it is asked for. It is to kafkajs one message, the last. */
export class RecordBatch {
  readonly count: number;
  /** As kafkajs calls it. */
  readonly batchContext: BatchContext;
  /** Why its records could not be read, where they could not: they have no key, value or headers then. */
  readonly unread: string | undefined;
  /** Whether it is of a transaction that was aborted: nobody is to see it then. */
  isAborted = false;
  #lent: Buffer | undefined;
  readonly #baseOffset: bigint;
  /** A row of numbers for each record, side by side: thousands of objects would be worth several times their bytes. */
  readonly #table: Float64Array;

  constructor(bytes: Buffer, count: number, context: BatchContext, unread?: string) {
    this.unread = unread;
    hold(bytes);
    this.#lent = bytes;
    this.count = count;
    this.batchContext = context;
    this.#baseOffset = BigInt(context.firstOffset);
    this.#table = new Float64Array(count * columns);
    const varints = new Varints(bytes);
    for (let row = 0; row < this.#table.length; row += columns) {
      const length = varints.next();
      const end = varints.at + length;
      varints.at += 1; // attributes, of which a record has none
      this.#table[row + recordLength] = length;
      this.#table[row + timestampDelta] = varints.next();
      this.#table[row + offsetDelta] = varints.next();
      this.#table[row + keyPlace] = varints.at;
      varints.skip();
      this.#table[row + valueLength] = varints.next();
      this.#table[row + valuePlace] = varints.at;
      varints.at = end;
    }
  }

  get last(): bigint {
    return this.offsetAt(this.count - 1);
  }

  /** Gives back the memory that its keys, values and headers are in: none of them may be looked at any more, wherever they went. */
  release(): void {
    if (this.#lent) letGo(this.#lent);
    this.#lent = undefined;
  }

  get #bytes(): Buffer {
    if (!this.#lent) throw new Error("The records of a batch that was released are not there any more");
    return this.#lent;
  }

  offsetAt(index: number): bigint {
    return this.#baseOffset + BigInt(this.#cell(index, offsetDelta));
  }

  /** How many bytes it has, its key and headers with it. */
  lengthAt(index: number): number {
    return this.#cell(index, recordLength);
  }

  timestampAt(index: number): number {
    const { timestampType, firstTimestamp, maxTimestamp } = this.batchContext;
    return timestampType === 1 ? Number(maxTimestamp) : Number(firstTimestamp) + this.#cell(index, timestampDelta);
  }

  keyAt(index: number): Buffer | null {
    return this.#varintsAt(this.#cell(index, keyPlace)).bytesOrNull();
  }

  /** -1 where it has no value. */
  valueLengthAt(index: number): number {
    return this.#cell(index, valueLength);
  }

  valueAt(index: number): Buffer | null {
    const length = this.valueLengthAt(index);
    const from = this.#cell(index, valuePlace);
    return length < 0 ? null : this.#bytes.subarray(from, from + length);
  }

  /** Bytes that hold the value from `valuePlaceAt` on, and all others of the batch: no view of it is made. Null where it has none. */
  sourceAt(index: number): Buffer | null {
    return this.valueLengthAt(index) < 0 ? null : this.#bytes;
  }

  valuePlaceAt(index: number): number {
    return this.#cell(index, valuePlace);
  }

  hasHeaderAt(index: number, name: string): boolean {
    const varints = this.#headersAt(index);
    for (let left = varints.next(); left > 0; left -= 1) {
      const length = varints.next();
      const from = varints.at;
      varints.at += length;
      if (length === name.length && this.#bytes.toString("latin1", from, varints.at) === name) return true;
      varints.skip();
    }
    return false;
  }

  /** By name: the value, or all where there are several, in their order. */
  headersAt(index: number): IHeaders {
    const varints = this.#headersAt(index);
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

  /** As kafkajs asks: whether it was read before, and how far it is read then. */
  get offset(): string {
    return String(this.last);
  }

  /** Of what it says is true, kafkajs takes it for read and tells nobody of it. */
  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch || this.isAborted;
  }

  get isAbortMarker(): boolean {
    return this.batchContext.isControlBatch && this.keyAt(0)?.equals(abortMarker) === true;
  }

  #headersAt(index: number): Varints {
    return this.#varintsAt(this.#cell(index, valuePlace) + Math.max(0, this.valueLengthAt(index)));
  }

  #varintsAt(at: number): Varints {
    return new Varints(this.#bytes, at);
  }

  #cell(index: number, column: number): number {
    return this.#table[index * columns + column] ?? 0;
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
