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
}

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
