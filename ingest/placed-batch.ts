import type { KafkaMessage } from "#lib/kafka.ts";
import { mendRecords, RecordBatch } from "#lib/kafkajs-records.ts";
import { batchOf, type Message, type MessageBatch, plainMessage } from "./message.ts";

mendRecords();

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** What kafkajs takes for a message, as its topic-partition has it. */
export function toBatch(message: KafkaMessage, place: Place): MessageBatch {
  if (message instanceof RecordBatch) return new PlacedBatch(message, place);
  // Of the formats before Kafka 0.11, which some logs hold still.
  const { timestamp, headers = {} } = message;
  const offset = BigInt(message.offset);
  // In memory of their own: what they came in may be given back with the batches beside them.
  const [key, value] = [message.key && Buffer.from(message.key), message.value && Buffer.from(message.value)];
  return batchOf([plainMessage({ ...place, offset, key, value, timeMs: Number(timestamp), headers })]);
}

/** What a record in a batch takes beside its bytes, and what a batch takes whatever is in it: some have one record. */
const recordBytes = 80;
const batchBytes = 900;

class PlacedBatch implements MessageBatch {
  readonly records: RecordBatch;
  readonly place: Place;
  readonly #weightEach: number;

  constructor(records: RecordBatch, place: Place) {
    this.records = records;
    this.place = place;
    this.#weightEach = recordBytes + Math.ceil(batchBytes / records.count);
  }

  get count(): number {
    return this.records.count;
  }

  get last(): bigint {
    return this.records.last;
  }

  offsetAt(index: number): bigint {
    return this.records.offsetAt(index);
  }

  bytesAt(index: number): number {
    return this.records.lengthAt(index) + this.#weightEach;
  }

  at(index: number): Message {
    return new PlacedRecord(this, index);
  }

  release(): void {
    this.records.release();
  }
}

/** What it holds stays where the client has it, and is taken out where it is asked for. */
class PlacedRecord implements Message {
  readonly #batch: PlacedBatch;
  readonly #index: number;

  constructor(batch: PlacedBatch, index: number) {
    this.#batch = batch;
    this.#index = index;
  }

  get topic(): string {
    return this.#batch.place.topic;
  }

  get partition(): number {
    return this.#batch.place.partition;
  }

  get offset(): bigint {
    return this.#batch.offsetAt(this.#index);
  }

  get key(): Buffer | null {
    return this.#batch.records.keyAt(this.#index);
  }

  get value(): Buffer | null {
    return this.#batch.records.valueAt(this.#index);
  }

  get timeMs(): number {
    return this.#batch.records.timestampAt(this.#index);
  }

  get headers(): Message["headers"] {
    return this.#batch.records.headersAt(this.#index);
  }

  get bytes(): number {
    return this.#batch.bytesAt(this.#index);
  }

  get valueBytes(): number {
    return Math.max(0, this.#batch.records.valueLengthAt(this.#index));
  }

  get unread(): string | undefined {
    return this.#batch.records.unread;
  }

  get source(): Buffer | null {
    return this.#batch.records.sourceAt(this.#index);
  }

  get sourceFrom(): number {
    return this.#batch.records.valuePlaceAt(this.#index);
  }

  hasHeader(name: string): boolean {
    return this.#batch.records.hasHeaderAt(this.#index, name);
  }
}
