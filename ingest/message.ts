/** Kafka lets a header have no value at all. */
type HeaderValue = Buffer | string | null;

/** A message of a topic, as Kafka gave it. */
export interface Message {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: Uint8Array | null;
  readonly value: Buffer | null;
  /** ms since the epoch, by the producer or the broker. */
  readonly timeMs: number;
  readonly headers: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>;
  /** What it weighs in memory. */
  readonly bytes: number;
  /** Of the value; 0 where there is none. */
  readonly valueBytes: number;
  /** Bytes that hold the value from `sourceFrom` on, without a view of it being made; null where there is none. */
  readonly source: Uint8Array | null;
  readonly sourceFrom: number;
  hasHeader(name: string): boolean;
  /** Why it could not be read, where it could not: it has no key, value or headers then. */
  readonly unread?: string | undefined;
}

type Parts = Pick<Message, "topic" | "partition" | "offset" | "key" | "value" | "timeMs" | "headers">;

/** What a message takes in memory beside its value. */
const envelopeBytes = 200;

/** A message whose parts are in hand. */
export function plainMessage({ topic, partition, offset, key, value, timeMs, headers }: Parts): Message {
  const valueBytes = value?.length ?? 0;
  return {
    topic,
    partition,
    offset,
    key,
    value,
    timeMs,
    headers,
    valueBytes,
    bytes: valueBytes + envelopeBytes,
    source: value,
    sourceFrom: 0,
    hasHeader: (name) => headers[name] !== undefined,
  };
}

/** Some messages, in their order. They need not be held: each may be made anew whenever it is asked for. */
export interface Messages extends Iterable<Message> {
  readonly length: number;
}

/** Messages of a topic-partition that came together, in their order; each is made where it is asked for. */
export interface MessageBatch {
  readonly count: number;
  /** The last one's offset. */
  readonly last: bigint;
  offsetAt(index: number): bigint;
  /** What a message weighs in memory. */
  bytesAt(index: number): number;
  at(index: number): Message;
  /** Told once all of them are stored: what they hold is not there any more then. */
  release?(): void;
}

/** Messages that are in hand, in their order. */
export function batchOf(messages: readonly [Message, ...Message[]]): MessageBatch {
  const at = (index: number) => messages[index] ?? messages[0];
  return {
    count: messages.length,
    last: at(messages.length - 1).offset,
    offsetAt: (index) => at(index).offset,
    bytesAt: (index) => at(index).bytes,
    at,
  };
}

/** The same message, with another value. */
export const withValue = (message: Message, value: Buffer | null): Message =>
  plainMessage({
    topic: message.topic,
    partition: message.partition,
    offset: message.offset,
    key: message.key,
    value,
    timeMs: message.timeMs,
    headers: message.headers,
  });

export const deadReasons = [
  "tombstone",
  "too_large",
  "bad_utf8",
  "not_json",
  "bad_schema",
  "unknown_type",
  "unknown_version",
  "bad_time",
  "bad_text",
  "bad_otlp",
  "no_mapping",
  "store_refused",
] as const;
export type DeadReason = (typeof deadReasons)[number];

/** Why something cannot be stored: a code for counting, and words for people. */
export interface Death {
  readonly reason: DeadReason;
  readonly detail: string;
}

/** The text of a header; the first where it was given twice. Names are matched as they are. */
export function headerOf(message: Message, name: string): string | undefined {
  const value = message.headers[name];
  const first: HeaderValue | undefined = isSeveral(value) ? value[0] : value;
  return first?.toString();
}

/** Every header with its bytes, each as often as it was given, in the order of the names. */
export function headerList({ headers }: Pick<Message, "headers">): { name: string; value: Buffer | null }[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined
      ? []
      : (isSeveral(value) ? value : [value]).map((one) => ({ name, value: one === null ? null : Buffer.from(one) })),
  );
}

const isSeveral = (value: HeaderValue | readonly HeaderValue[] | undefined): value is readonly HeaderValue[] =>
  Array.isArray(value);
