/** Where a message stood that could not be stored; `part` counts the records that died of one message, 0 is all of it. */
export interface DeadLetterPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly part: number;
}

/** The header that a replayed message bears: `topic/partition/offset` of the letter that it is. */
export const replayHeader = "sagascope-replay-of";

/** Beside it: the timestamp that the message had when it died first; ms since the epoch, in digits. */
export const replayTimeHeader = "sagascope-replay-time";

/** `saga.events:3:10482`; with a part, `otlp_spans:0:17:2`. */
export function letterId({ topic, partition, offset, part }: DeadLetterPlace): string {
  return `${topic}:${partition}:${offset}${part > 0 ? `:${part}` : ""}`;
}

const pattern = /^([\w.-]{1,249})[:/](\d{1,10})[:/](\d{1,20})(?:[:/]([1-9]\d{0,9}))?$/;

/** The place that an id or the header names; undefined where it names none. */
export function readPlace(text: string): DeadLetterPlace | undefined {
  const [, topic, partition, offset, part = "0"] = pattern.exec(text) ?? [];
  if (topic === undefined || partition === undefined || offset === undefined) return undefined;
  return { topic, partition: Number(partition), offset: String(BigInt(offset)), part: Number(part) };
}

/** The value of `sagascope-replay-of`. */
export const writeReplayHeader = ({ topic, partition, offset }: DeadLetterPlace): string =>
  `${topic}/${partition}/${offset}`;
