import { isUtf8 } from "node:buffer";
import { daysAnInsert } from "#store/clickhouse/inserts/saga-days.ts";
import { decodeSagaEvent } from "./decode-saga-event.ts";
import type { Dead } from "./encoded.ts";
import type { Message } from "./message.ts";
import { maxEventBytes } from "./read-text.ts";

/** A chunk's messages: those that the store may read as they are, and those that have to be read here first. */
export interface Sorted {
  readonly plain: readonly Message[];
  readonly odd: readonly Message[];
}

const openingBrace = 0x7b;

/**
 * Sorts without parsing. Plain is what has nothing in it that a store and a JavaScript runtime might read differently
 * (escapes of UTF-16, NUL), that is kept in a normal form (a payload), or that needs other events (no `sagastarted`).
 * Nothing is plain among sagas that began on more days than one insert may touch.
 */
export function sortEvents(messages: readonly Message[]): Sorted {
  const plain: Message[] = [];
  const odd: Message[] = [];
  const days = new Set<string>();
  let desk = Buffer.alloc(0);
  for (let from = 0; from < messages.length; from += lookedAtTogether) {
    const some = messages.slice(from, from + lookedAtTogether);
    const bytes = some.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    if (desk.length < bytes) desk = Buffer.allocUnsafe(bytes);
    // Nearly always there is nothing odd in any of them, and one look at all is cheaper than one at each.
    const isClean = isPlainText(layOut(some, desk));
    for (const message of some) {
      const day = isPlain(message, isClean) ? startDay(message.value) : undefined;
      if (day !== undefined) days.add(day);
      (day === undefined ? odd : plain).push(message);
    }
  }
  return days.size > daysAnInsert ? { plain: [], odd: messages } : { plain, odd };
}

const lookedAtTogether = 1_000;

/** The messages' values side by side on a desk that is large enough. */
function layOut(messages: readonly Message[], desk: Buffer): Buffer {
  let at = 0;
  for (const { value } of messages) if (value !== null) at += value.copy(desk, at);
  return desk.subarray(0, at);
}

function isPlain(message: Message, isKnownClean: boolean): message is Message & { readonly value: Buffer } {
  const { value, headers } = message;
  return (
    value !== null &&
    value.length <= maxEventBytes &&
    // Each begins a character of its own, so that what is UTF-8 together is so by itself.
    value[0] === openingBrace &&
    headers.ce_specversion === undefined &&
    (isKnownClean || isPlainText(value))
  );
}

const sagastarted = Buffer.from('"sagastarted"');
const quote = 0x22;

/** The day on which an event's saga began, as its text says it; undefined where it does not say so, or more than once. */
function startDay(value: Buffer): string | undefined {
  const key = value.indexOf(sagastarted);
  if (key === -1) return undefined;
  const end = key + sagastarted.length;
  if (value.includes(sagastarted, end)) return undefined;
  const from = value.indexOf(quote, end) + 1;
  return value.toString("latin1", from, from + "2026-01-02".length);
}

const isPlainText = (text: Buffer): boolean =>
  !text.includes('"payload"') && !text.includes("\\u") && !text.includes(0) && isUtf8(text);

/** Messages by whether what they hold is a saga event. */
export interface Screened {
  readonly sound: readonly Message[];
  readonly dead: readonly Dead[];
}

/** Reads each message, and keeps nothing of what was read: the sound ones can go in as they stand. */
export function screenEvents(messages: readonly Message[]): Screened {
  const sound: Message[] = [];
  const dead: Dead[] = [];
  for (const message of messages) {
    const decoded = decodeSagaEvent(message);
    if (decoded.kind === "dead") dead.push({ message, death: decoded });
    else sound.push(message);
  }
  return { sound, dead };
}

const opening = 0x5b;
const comma = 0x2c;
const longestOffset = 20;

/** How many bytes `unparsedBody` has at most. */
export const unparsedBytes = (messages: readonly Message[]): number =>
  messages.reduce((sum, { value }) => sum + lineBytes(value), 0);

const lineBytes = (value: Buffer | null) => (value?.length ?? 0) + longestOffset + 14;

/**
 * Each message's bytes as they are, in a line `[offset,…,"seal"]` of JSONCompactEachRow; in pieces, so that a chunk is
 * never held a second time.
 */
export function* unparsedBody(messages: readonly Message[], seal: string): Generator<Buffer> {
  const ending = Buffer.from(`,"${seal}"]\n`);
  for (let from = 0; from < messages.length; from += lookedAtTogether) {
    const some = messages.slice(from, from + lookedAtTogether);
    const piece = Buffer.allocUnsafe(unparsedBytes(some));
    let at = 0;
    for (const { offset, value } of some) {
      if (value === null) continue;
      piece[at++] = opening;
      at += piece.write(String(offset), at, "latin1");
      piece[at++] = comma;
      at += value.copy(piece, at);
      at += ending.copy(piece, at);
    }
    yield piece.subarray(0, at);
  }
}
