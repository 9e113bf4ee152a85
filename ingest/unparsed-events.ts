import { isUtf8 } from "node:buffer";
import { daysAnInsert } from "#store/clickhouse/inserts/saga-days.ts";
import { deathOf } from "./decode-saga-event.ts";
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
 * (control characters, escapes of UTF-16 or of another language, a label `__proto__`), that is kept in a normal form (a payload), or that needs other events (no `sagastarted`).
 * Nothing is plain among sagas that began on more days than one insert may touch.
 */
export function sortEvents(messages: readonly Message[]): Sorted {
  const plain: Message[] = [];
  const odd: Message[] = [];
  const days = new Set<string>();
  let desk = Buffer.alloc(0);
  for (let from = 0; from < messages.length; from += lookedAtTogether) {
    const some = messages.slice(from, from + lookedAtTogether);
    const bytes = some.reduce((sum, { valueBytes }) => sum + valueBytes, 0);
    if (desk.length < bytes) desk = Buffer.allocUnsafe(bytes);
    sortLaidOut(some, layOut(some, desk), { plain, odd, days });
  }
  return days.size > daysAnInsert ? { plain: [], odd: messages } : { plain, odd };
}

const lookedAtTogether = 1_000;

/** The messages' values side by side on a desk that is large enough. */
function layOut(messages: readonly Message[], desk: Buffer): Buffer {
  let at = 0;
  for (const message of messages) at += message.copyValue(desk, at);
  return desk.subarray(0, at);
}

/** Nearly always there is nothing odd in any of them, and one look at all is cheaper than one at each. */
function sortLaidOut(
  messages: readonly Message[],
  desk: Buffer,
  { plain, odd, days }: { plain: Message[]; odd: Message[]; days: Set<string> },
): void {
  const isClean = isPlainText(desk);
  let from = 0;
  let said = placeOf(sagastarted, desk, from);
  for (const message of messages) {
    const to = from + message.valueBytes;
    if (said < from) said = placeOf(sagastarted, desk, from);
    const begins = said + sagastarted.length;
    const isSaid = begins <= to;
    if (isSaid) said = placeOf(sagastarted, desk, begins);
    const isPlain =
      isSaid &&
      said >= to &&
      // Each begins a character of its own, so that what is UTF-8 together is so by itself.
      desk[from] === openingBrace &&
      message.valueBytes <= maxEventBytes &&
      !message.hasHeader("ce_specversion") &&
      (isClean || isPlainText(desk.subarray(from, to)));
    if (isPlain) days.add(dayAt(desk, begins));
    (isPlain ? plain : odd).push(message);
    from = to;
  }
}

const sagastarted = Buffer.from('"sagastarted"');
const quote = 0x22;

function placeOf(text: Buffer, desk: Buffer, from: number): number {
  const place = desk.indexOf(text, from);
  return place === -1 ? Number.POSITIVE_INFINITY : place;
}

/** The day of a time that is the next text of the desk. */
function dayAt(desk: Buffer, at: number): string {
  const from = desk.indexOf(quote, at) + 1;
  return desk.toString("latin1", from, from + "2026-01-02".length);
}

const isPlainText = (text: Buffer): boolean =>
  !text.includes('"payload"') &&
  !text.includes('"__proto__"') &&
  !hasControls(text) &&
  hasPlainEscapes(text) &&
  isUtf8(text);

const space = 0x20;

/** Whether a byte is below that of a space: four at a time, since every event is looked at. */
function hasControls(text: Buffer): boolean {
  const lead = Math.min(text.length, -text.byteOffset & 3);
  const words = new Int32Array(text.buffer, text.byteOffset + lead, (text.length - lead) >> 2);
  // Without a branch for each, which takes twice as long.
  let seen = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? 0;
    seen |= (word - 0x20202020) & ~word;
  }
  if ((seen & 0x80808080) !== 0) return true;
  const isBelow = (byte: number) => byte < space;
  return text.subarray(0, lead).some(isBelow) || text.subarray(lead + words.byteLength).some(isBelow);
}

const backslash = 0x5c;
/** All of JSON's, but that of a character's number. */
const escapes = new Set(Buffer.from('"\\/bfnrt'));

function hasPlainEscapes(text: Buffer): boolean {
  for (let at = text.indexOf(backslash); at !== -1; at = text.indexOf(backslash, at + 2))
    if (!escapes.has(text[at + 1] ?? 0)) return false;
  return true;
}

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
    const death = deathOf(message);
    if (death) dead.push({ message, death });
    else sound.push(message);
  }
  return { sound, dead };
}

const opening = 0x5b;
const comma = 0x2c;
const longestOffset = 20;

/** How many bytes `unparsedBody` has at most. */
export const unparsedBytes = (messages: readonly Message[]): number =>
  messages.reduce((sum, { valueBytes }) => sum + valueBytes + longestOffset + 14, 0);

/**
 * Each message's bytes as they are, in a line `[offset,…,"seal"]` of JSONCompactEachRow; in pieces, so that a chunk is
 * never held a second time. A piece is good until the next is asked for, which lies in the same bytes.
 */
export function* unparsedBody(messages: readonly Message[], seal: string): Generator<Buffer> {
  const ending = Buffer.from(`,"${seal}"]\n`);
  let desk = Buffer.alloc(0);
  for (let from = 0; from < messages.length; from += lookedAtTogether) {
    const some = messages.slice(from, from + lookedAtTogether);
    const bytes = unparsedBytes(some);
    if (desk.length < bytes) desk = Buffer.allocUnsafe(bytes);
    let at = 0;
    for (const message of some) {
      desk[at++] = opening;
      at += desk.write(String(message.offset), at, "latin1");
      desk[at++] = comma;
      at += message.copyValue(desk, at);
      at += ending.copy(desk, at);
    }
    yield desk.subarray(0, at);
  }
}
