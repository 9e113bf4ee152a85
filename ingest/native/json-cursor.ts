import { isUtf8 } from "node:buffer";
import { Strip } from "./strip.ts";
import { Unusual } from "./unusual.ts";

const [quote, comma, colon, backslash] = [0x22, 0x2c, 0x3a, 0x5c];
const [openingBrace, closingBrace, openingBracket, closingBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const [minus, point, zero, nine] = [0x2d, 0x2e, 0x30, 0x39];
const slash = 0x2f;
const deepest = 64;
/** An object of more is left to whoever finds names that come twice in a better way. */
const mostNames = 64;

/** What a byte is within a text; 0 is one to be taken as it is. */
const special = new Uint8Array(256);
const [ending, escaping, control, beyondAscii] = [1, 2, 3, 4];
special.fill(control, 0, 0x20).fill(beyondAscii, 0x80);
special[quote] = ending;
special[backslash] = escaping;

/** What stands for a byte behind a backslash; 0 is none, or that of a character's number. */
const meant = new Uint8Array(256);
for (const [written, byte] of Object.entries({
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
}))
  meant[written.charCodeAt(0)] = byte.charCodeAt(0);

/** Of hexadecimal digits one more than they stand for; 0 is none. */
const hexDigit = new Uint8Array(256);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  hexDigit[digit.charCodeAt(0)] = value + 1;
  hexDigit[digit.toUpperCase().charCodeAt(0)] = value + 1;
}
const letterU = 0x75;

const isSpace = new Uint8Array(256);
for (const byte of Buffer.from(" \t\n\r")) isSpace[byte] = 1;

// One for all, since to note where each came from would be most of its cost.
const unusual = new Unusual("The JSON is out of the ordinary");

/** What is looked for so often that it is compared four bytes at a time; of four at least. */
export class Phrase {
  readonly bytes: Buffer;
  /** The last four may begin within those before them. */
  readonly words: Int32Array;

  constructor(text: string) {
    const bytes = Buffer.from(text);
    this.bytes = bytes;
    this.words = Int32Array.from({ length: Math.ceil(bytes.length / 4) }, (_, index) =>
      bytes.readInt32LE(Math.min(4 * index, bytes.length - 4)),
    );
  }
}

/** Names of fields, each known by its place among them. */
export class Names {
  /** Each between its quotes, and the colon. */
  readonly #names: readonly Phrase[];
  readonly #byLength: (readonly number[])[] = [];
  /** Which name came after each of them the last time: whoever writes many texts keeps an order. */
  readonly #after: Uint8Array;
  #last = 0;

  constructor(names: readonly string[]) {
    this.#names = names.map((name) => new Phrase(`"${name}":`));
    this.#after = new Uint8Array(names.length);
    for (const [place, { bytes }] of this.#names.entries())
      this.#byLength[bytes.length] = [...(this.#byLength[bytes.length] ?? []), place];
  }

  /** The place of the name that is likely the next. */
  get likely(): number {
    return this.#after[this.#last] ?? 0;
  }

  /** A name as it mostly stands there: between quotes, and with a colon. */
  written(place: number): Phrase {
    return this.#names[place] ?? noPhrase;
  }

  /** That name was found. */
  found(place: number): void {
    this.#after[this.#last] = place;
    this.#last = place;
  }

  /** The place of a name that stands between `from` and `to`; -1 where it is none of them. */
  find(bytes: Uint8Array, from: number, to: number): number {
    for (const place of this.#byLength[to - from + 3] ?? [])
      if (isBetweenQuotes(this.written(place).bytes, bytes, from)) return place;
    return -1;
  }
}

const emptyText = Buffer.alloc(0);
const noPhrase = new Phrase("null");

function isBetweenQuotes(written: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let index = 1; index < written.length - 2; index++) if (bytes[from + index - 1] !== written[index]) return false;
  return true;
}

/** Whether these bytes stand there. */
export function isAt(text: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[from + index] !== text[index]) return false;
  return true;
}

/** Whether the text that begins at `first` is the one between `from` and `to`. */
function isSame(bytes: Uint8Array, first: number, from: number, to: number): boolean {
  // With the quote that ends both.
  for (let at = from; at <= to; at++) if (bytes[first + at - from] !== bytes[at]) return false;
  return true;
}

const proto = Buffer.from("__proto__");

/** Whether it is the one name that an object of JavaScript does not keep as it keeps others. */
export const isProto = (bytes: Uint8Array, from: number, to: number): boolean =>
  to - from === proto.length && isAt(proto, bytes, from);

/**
 * Walks through a JSON text without making anything of it, and copies what it is asked for. Takes less than JSON has, and nothing that
 * is none: throws `Unusual` for whatever else there is.
 */
export class JsonCursor {
  bytes: Uint8Array = emptyText;
  #view: DataView = new DataView(emptyText.buffer);
  #at = 0;
  #end = 0;
  #from = 0;
  #isAscii = true;
  #isNormal = true;
  /** Where the names begin of the objects that are being passed over. */
  readonly #namesFrom = new Int32Array(1024);
  #nameCount = 0;
  /** Of the text that was passed last. */
  #isEscaped = false;
  readonly #takesNul: boolean;

  constructor({ takesNul }: { takesNul: boolean }) {
    this.#takesNul = takesNul;
  }

  /** What is between `from` and `to`. */
  open(bytes: Uint8Array, from: number, to: number): void {
    if (bytes !== this.bytes) this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.bytes = bytes;
    this.#at = from;
    this.#from = from;
    this.#end = to;
    this.#isAscii = true;
    this.#nameCount = 0;
  }

  /** Nothing may follow, and all that was passed must be UTF-8. */
  close(): void {
    this.#skipSpace();
    if (this.#at !== this.#end) throw unusual;
    if (!this.#isAscii && !isUtf8(this.bytes.subarray(this.#from, this.#end))) throw unusual;
  }

  /** Enters an object; false where it is empty, and left. */
  object(): boolean {
    this.#expect(openingBrace);
    return !this.#isNext(closingBrace);
  }

  list(): boolean {
    this.#expect(openingBracket);
    return !this.#isNext(closingBracket);
  }

  /** Whether another field follows; the object is left where none does. */
  goesOn(): boolean {
    if (this.#isNext(comma)) return true;
    this.#expect(closingBrace);
    return false;
  }

  listGoesOn(): boolean {
    if (this.#isNext(comma)) return true;
    this.#expect(closingBracket);
    return false;
  }

  /** The place of the next field's name, -1 where it is none of these. Its value is next. */
  field(names: Names): number {
    const { likely } = names;
    if (this.passes(names.written(likely))) {
      names.found(likely);
      return likely;
    }
    this.#expect(quote);
    const from = this.#at;
    const to = this.#endOfText();
    if (this.#isEscaped) throw unusual;
    const place = names.find(this.bytes, from, to);
    if (place !== -1) names.found(place);
    this.#expect(colon);
    return place;
  }

  /** Passes over a phrase where it is next, no space before it. */
  passes({ bytes: { length }, words }: Phrase): boolean {
    const at = this.#at;
    const to = at + length;
    if (to > this.#end) return false;
    for (let index = 0; index < words.length; index++)
      if (this.#view.getInt32(Math.min(at + 4 * index, to - 4), true) !== words[index]) return false;
    this.#at = to;
    return true;
  }

  /** Behind it a value is next. */
  colon(): void {
    this.#expect(colon);
  }

  /** Where the text ends that is next, which is passed. */
  #endOfText(): number {
    const bytes = this.bytes;
    const end = this.#end;
    this.#isEscaped = false;
    for (let at = this.#at; at < end; at++) {
      const kind = special[bytes[at] ?? 0];
      if (kind === 0) continue;
      if (kind === ending) {
        this.#at = at + 1;
        return at;
      }
      if (kind === control) throw unusual;
      if (kind === beyondAscii) this.#isAscii = false;
      else {
        this.#isEscaped = true;
        at++;
      }
    }
    throw unusual;
  }

  /** Copies a text behind its length, of `least` to `most` bytes; how many it has. */
  text(strip: Strip, least = 0, most = 0x7fff_ffff): number {
    this.#expect(quote);
    const short = this.#shortText(strip);
    const length = short === -1 ? this.#anyText(strip) : short;
    if (length < least || length > most) throw unusual;
    return length;
  }

  /** Finds the end and copies at once, where the length takes one byte and nothing is escaped, as it mostly is; else -1. */
  #shortText(strip: Strip): number {
    const bytes = this.bytes;
    const from = this.#at;
    const before = Math.min(this.#end, from + 0x80);
    strip.reserve(longestLength + 0x80);
    const { bytes: target, at: begin } = strip;
    for (let at = from, to = begin + 1; at < before; at++) {
      const byte = bytes[at] ?? 0;
      target[to++] = byte;
      const kind = special[byte];
      if (kind === 0) continue;
      if (kind === beyondAscii) this.#isAscii = false;
      else if (kind !== ending) return -1;
      else {
        target[begin] = at - from;
        strip.at = to - 1;
        this.#at = at + 1;
        return at - from;
      }
    }
    return -1;
  }

  #anyText(strip: Strip): number {
    const from = this.#at;
    const to = this.#endOfText();
    if (this.#isEscaped) return this.#unescape(strip, from, to);
    strip.plain(this.bytes, from, to);
    return to - from;
  }

  /** What is meant is never longer than how it is written. */
  #unescape(strip: Strip, from: number, end: number): number {
    const bytes = this.bytes;
    strip.reserve(end - from + longestLength);
    const { bytes: target, at: begin } = strip;
    let to = begin + 1;
    for (let at = from; at < end; at++) {
      let byte = bytes[at] ?? 0;
      if (byte === backslash) {
        const behind = bytes[++at] ?? 0;
        if (behind === slash || behind === letterU) this.#isNormal = false;
        if (behind === letterU) {
          const code = this.#codePoint(at + 1);
          at += code > 0xffff ? 10 : 4;
          to += writeCodePoint(target, to, code);
          continue;
        }
        byte = meant[behind] ?? 0;
        if (byte === 0) throw unusual;
      }
      target[to++] = byte;
    }
    const length = to - begin - 1;
    strip.lengthBefore(begin, length);
    return length;
  }

  /** A character by its number in UTF-16: one that takes two of them is beyond 0xffff. */
  #codePoint(at: number): number {
    const code = this.#hex(at);
    if (code === 0 && !this.#takesNul) throw unusual;
    if (code < 0xd800 || code > 0xdfff) return code;
    const next = this.bytes[at + 4] === backslash && this.bytes[at + 5] === letterU ? this.#hex(at + 6) : 0;
    if (code > 0xdbff || next < 0xdc00 || next > 0xdfff) throw unusual;
    return 0x1_0000 + ((code - 0xd800) << 10) + next - 0xdc00;
  }

  #hex(from: number): number {
    let number = 0;
    for (let at = from; at < from + 4; at++) {
      const digit = hexDigit[this.bytes[at] ?? 0] ?? 0;
      if (digit === 0) throw unusual;
      number = number * 16 + digit - 1;
    }
    return number;
  }

  /** Copies a number behind its length, as it is written. */
  number(strip: Strip): void {
    this.#skipSpace();
    const from = this.#at;
    this.#skipNumber();
    strip.plain(this.bytes, from, this.#at);
  }

  /** Whether what is next is a text. */
  isText(): boolean {
    this.#skipSpace();
    return this.bytes[this.#at] === quote;
  }

  /** Where the next value begins, or where one ended. */
  get at(): number {
    this.#skipSpace();
    return this.#at;
  }

  /** Goes back to where it was `at`. */
  back(at: number): void {
    this.#at = at;
  }

  /** Passes over a text of so many bytes, whose bytes are still to be looked at: where they begin; -1 where it is empty. */
  span(length: number): number {
    this.#expect(quote);
    const from = this.#at;
    const isEmpty = this.bytes[from] === quote;
    const to = isEmpty ? from : from + length;
    if (to >= this.#end || this.bytes[to] !== quote) throw unusual;
    this.#at = to + 1;
    return isEmpty ? -1 : from;
  }

  /** Passes over a text that is so many digits: where they begin; -1, and nothing is passed, where anything else is next. */
  digits(count: number): number {
    this.#skipSpace();
    const bytes = this.bytes;
    const from = this.#at + 1;
    const to = from + count;
    if (bytes[this.#at] !== quote || to >= this.#end || bytes[to] !== quote) return -1;
    for (let at = from; at < to; at++) if (!isDigit(bytes[at] ?? 0)) return -1;
    this.#at = to + 1;
    return from;
  }

  /** A time as RFC 3339 has it, in UTC and of the years 1970 to 2199; -1 where the text is empty. Leaves what is below a second in `nanos`. */
  seconds(): number {
    this.#expect(quote);
    const bytes = this.bytes;
    const at = this.#at;
    if (bytes[at] === quote) {
      this.#at = at + 1;
      return -1;
    }
    const [year, month, day] = [this.#digits(at, 4), this.#digits(at + 5, 2), this.#digits(at + 8, 2)];
    const [hour, minute, second] = [this.#digits(at + 11, 2), this.#digits(at + 14, 2), this.#digits(at + 17, 2)];
    const isSeparated =
      bytes[at + 4] === minus &&
      bytes[at + 7] === minus &&
      bytes[at + 10] === 0x54 &&
      bytes[at + 13] === 0x3a &&
      bytes[at + 16] === 0x3a;
    if (!isSeparated || year < 1970 || year > 2199 || month < 1 || month > 12) throw unusual;
    if (day < 1 || day > daysOf(year, month) || hour > 23 || minute > 59 || second > 59) throw unusual;
    let to = at + 19;
    let nanos = 0;
    if (bytes[to] === point) {
      const from = ++to;
      for (; isDigit(bytes[to] ?? 0); to++) nanos = nanos * 10 + (bytes[to] ?? 0) - zero;
      const digits = to - from;
      if (digits < 1 || digits > 9) throw unusual;
      nanos *= powers[9 - digits] ?? 1;
    }
    if (bytes[to] !== 0x5a || bytes[to + 1] !== quote || to + 1 >= this.#end) throw unusual;
    this.#at = to + 2;
    this.nanos = nanos;
    return ((dayOfYear(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  }

  nanos = 0;

  #digits(from: number, count: number): number {
    let number = 0;
    for (let at = from; at < from + count; at++) {
      const byte = this.bytes[at] ?? 0;
      if (!isDigit(byte)) throw unusual;
      number = number * 10 + byte - zero;
    }
    return number;
  }

  /** A whole number of at most 9 digits. */
  integer(): number {
    this.#skipSpace();
    const bytes = this.bytes;
    const from = this.#at;
    let number = 0;
    while (this.#at < this.#end && isDigit(bytes[this.#at] ?? 0))
      number = number * 10 + (bytes[this.#at++] ?? 0) - zero;
    const digits = this.#at - from;
    if (digits < 1 || digits > 9 || (digits > 1 && bytes[from] === zero)) throw unusual;
    // Else it goes on as a fraction, or with an exponent.
    const next = bytes[this.#at] ?? 0;
    if (next === point || next === 0x65 || next === 0x45) throw unusual;
    return number;
  }

  boolean(): boolean {
    this.#skipSpace();
    const isTrue = this.bytes[this.#at] === words.true[0];
    this.#word(isTrue ? words.true : words.false);
    return isTrue;
  }

  /**
   * Copies a value of whatever kind as it stands, behind its length. It must be written as JavaScript would write it, but for its
   * numbers: without spaces, and with names that are each there once, in the order in which JavaScript keeps them.
   */
  value(strip: Strip): void {
    this.#skipSpace();
    const from = this.#at;
    this.#isNormal = true;
    this.skip();
    if (!this.#isNormal) throw unusual;
    strip.text(this.bytes, from, this.#at);
  }

  /** Passes over a value of whatever kind. */
  skip(depth = 0): void {
    if (depth > deepest) throw unusual;
    this.#skipSpace();
    const byte = this.bytes[this.#at] ?? 0;
    if (byte === quote) this.#skipText();
    else if (byte === openingBrace) this.#skipObject(depth);
    else if (byte === openingBracket) {
      if (this.list())
        do this.skip(depth + 1);
        while (this.listGoesOn());
    } else if (byte === minus || isDigit(byte)) this.#skipNumber();
    else this.#word(byte === words.true[0] ? words.true : byte === words.false[0] ? words.false : words.null);
  }

  #skipObject(depth: number): void {
    if (!this.object()) return;
    const first = this.#nameCount;
    do {
      this.#skipSpace();
      const from = this.#at + 1;
      this.#skipText();
      this.#note(first, from, this.#at - 1);
      this.#expect(colon);
      this.skip(depth + 1);
    } while (this.goesOn());
    this.#nameCount = first;
  }

  /** Notes a name, the first of whose object is at `first`. */
  #note(first: number, from: number, to: number): void {
    const bytes = this.bytes;
    const begins = bytes[from] ?? 0;
    const count = this.#nameCount;
    if (isDigit(begins) || isProto(bytes, from, to) || count - first >= mostNames) this.#isNormal = false;
    if (!this.#isNormal || count === this.#namesFrom.length) {
      this.#isNormal = false;
      return;
    }
    for (let index = first; index < count; index++)
      if (isSame(bytes, this.#namesFrom[index] ?? 0, from, to)) this.#isNormal = false;
    this.#namesFrom[count] = from;
    this.#nameCount = count + 1;
  }

  #skipText(): void {
    this.#expect(quote);
    const from = this.#at;
    const to = this.#endOfText();
    if (!this.#isEscaped) return;
    aside.at = 0;
    this.#unescape(aside, from, to);
  }

  #skipNumber(): void {
    const bytes = this.bytes;
    if (bytes[this.#at] === minus) this.#at++;
    const from = this.#at;
    this.#skipDigits();
    if (bytes[from] === zero && this.#at - from > 1) throw unusual;
    if (bytes[this.#at] === point) {
      this.#at++;
      this.#skipDigits();
    }
    if (bytes[this.#at] === 0x65 || bytes[this.#at] === 0x45) {
      this.#at++;
      if (bytes[this.#at] === minus || bytes[this.#at] === 0x2b) this.#at++;
      this.#skipDigits();
    }
  }

  /** One at least. */
  #skipDigits(): void {
    const from = this.#at;
    while (this.#at < this.#end && isDigit(this.bytes[this.#at] ?? 0)) this.#at++;
    if (this.#at === from) throw unusual;
  }

  #word(word: Uint8Array): void {
    if (this.#at + word.length > this.#end || !isAt(word, this.bytes, this.#at)) throw unusual;
    this.#at += word.length;
  }

  #expect(byte: number): void {
    if (!this.#isNext(byte)) throw unusual;
  }

  /** Passes over a byte where it is the next one. */
  #isNext(byte: number): boolean {
    const next = this.bytes[this.#at] ?? 0;
    if (next !== byte) {
      if (isSpace[next] === 0) return false;
      this.#skipSpace();
      if (this.bytes[this.#at] !== byte) return false;
    }
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    if (isSpace[this.bytes[this.#at] ?? 0] === 1) this.#isNormal = false;
    while (this.#at < this.#end && isSpace[this.bytes[this.#at] ?? 0] === 1) this.#at++;
  }
}

const longestLength = 5;
/** For what is read and not wanted. */
const aside = new Strip();

/** In UTF-8; how many bytes that is. */
function writeCodePoint(target: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    target[at] = code;
    return 1;
  }
  const more = code < 0x800 ? 1 : code < 0x1_0000 ? 2 : 3;
  for (let index = more, rest = code; index > 0; index--, rest >>= 6) target[at + index] = 0x80 | (rest & 0x3f);
  target[at] = ((0xff << (7 - more)) & 0xff) | (code >> (6 * more));
  return more + 1;
}

const words = { true: Buffer.from("true"), false: Buffer.from("false"), null: Buffer.from("null") } as const;
const powers = Array.from({ length: 10 }, (_, exponent) => 10 ** exponent);

const isDigit = (byte: number): boolean => byte >= zero && byte <= nine;

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const daysBefore = lengths.map((_, month) => lengths.slice(0, month).reduce((sum, days) => sum + days, 0));
const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const daysOf = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (lengths[month - 1] ?? 0));

/** The day of a date, since the epoch. */
function dayOfYear(year: number, month: number, day: number): number {
  const before = year - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - leapsBefore1970;
  const isPastLeap = month > 2 && isLeap(year) ? 1 : 0;
  return (year - 1970) * 365 + leaps + (daysBefore[month - 1] ?? 0) + isPastLeap + day - 1;
}
const leapsBefore1970 = 477;
