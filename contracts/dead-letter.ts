/** Where a message stood that could not be stored; `part` counts the records that died of one message, from 1, and 0 is all of it. */
export interface DeadLetterPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly part: number;
}

/** The header that a replayed message bears: `topic/partition/offset` of the letter that it is, and its part if it is one. */
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
export const writeReplayHeader = (place: DeadLetterPlace): string => letterId(place).replaceAll(":", "/");

/**
 * Spans are read twice, to be stored and to tell of sagas, and either reading has parts of its own: those that told
 * nothing of their sagas are counted from here on. No message has so many records.
 */
export const firstSagaPart = 1_000_000_000;

/** Whether a letter is a span that told nothing of its saga; as a span it is stored. */
export const isOfSagaReading = ({ part }: DeadLetterPlace): boolean => part >= firstSagaPart;
