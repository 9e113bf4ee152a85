import { isUtf8 } from "node:buffer";
import { maxEventBytes } from "./decode-saga-event.ts";
import type { Message } from "./message.ts";

/** A chunk's messages: those that the store may read as they are, and those that have to be read here first. */
export interface Sorted {
  readonly plain: readonly Message[];
  readonly odd: readonly Message[];
}

const openingBrace = 0x7b;

/**
 * Sorts without parsing. Plain is what has nothing in it that a store and a JavaScript runtime might read differently
 * (escapes of UTF-16, NUL), that is kept in a normal form (a payload), or that needs other events (no `sagastarted`).
 */
export function sortEvents(messages: readonly Message[]): Sorted {
  const all = Buffer.concat(messages.map(({ value }) => value ?? nothing));
  // Nearly always there is nothing odd in any of them, and one look at all is cheaper than one at each.
  const isClean = isPlainText(all);
  const plain: Message[] = [];
  const odd: Message[] = [];
  for (const message of messages) (isPlain(message, isClean) ? plain : odd).push(message);
  return { plain, odd };
}

const nothing = Buffer.alloc(0);

function isPlain({ value, headers }: Message, isKnownClean: boolean): boolean {
  return (
    value !== null &&
    value.length <= maxEventBytes &&
    // Each begins a character of its own, so that what is UTF-8 together is so by itself.
    value[0] === openingBrace &&
    headers.ce_specversion === undefined &&
    value.includes(sagastarted) &&
    (isKnownClean || isPlainText(value))
  );
}

const sagastarted = Buffer.from('"sagastarted"');

const isPlainText = (text: Buffer): boolean =>
  !text.includes('"payload"') && !text.includes("\\u") && !text.includes(0) && isUtf8(text);

const opening = 0x5b;
const comma = 0x2c;

/** Each message's bytes as they are, in a line `[offset,…,"seal"]` of JSONCompactEachRow. */
export function unparsedBody(messages: readonly Message[], seal: string): Buffer {
  const ending = Buffer.from(`,"${seal}"]\n`);
  const size = messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  const body = Buffer.allocUnsafe(size + messages.length * (ending.length + 22));
  let at = 0;
  for (const { offset, value } of messages) {
    if (value === null) continue;
    body[at++] = opening;
    at += body.write(String(offset), at, "latin1");
    body[at++] = comma;
    at += value.copy(body, at);
    at += ending.copy(body, at);
  }
  return body.subarray(0, at);
}
