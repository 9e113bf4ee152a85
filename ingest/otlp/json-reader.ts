import { parseExactly } from "#contracts/otlp/json.ts";
import { JsonCursor, Names, Phrase } from "#ingest/native/json-cursor.ts";
import { Strip } from "#ingest/native/strip.ts";
import { Unusual } from "#ingest/native/unusual.ts";
import { anyText, doubleText } from "./any-text.ts";
import { find, type Layout } from "./layout.ts";
import type { Nanos } from "./nanos.ts";
import type { Reader } from "./reader.ts";

const [zero, minus] = [0x30, 0x2d];
const isHex = new Uint8Array(256);
for (const byte of Buffer.from("0123456789abcdef")) isHex[byte] = 1;

const [stringValue, intValue, boolValue, doubleValue] = [0, 1, 2, 3];
const kindsOfAny = new Names(["stringValue", "intValue", "boolValue", "doubleValue"]);
const beginOfText = new Phrase('{"stringValue":');
/** What stands before key and value of an attribute, as nearly all are written. */
const pair = {
  key: new Phrase('{"key":'),
  text: new Phrase(',"value":{"stringValue":'),
  integer: new Phrase(',"value":{"intValue":'),
} as const;
/** As many digits as are written as they are read: of a text, and of a number. */
const mostDigits = { text: 19, number: 15 };
/** Of nanoseconds since the epoch, from 2001 to 2286, and in the years before. */
const digitsOfTime = 19;
const digitsOfEarlyTime = 18;

// One for all, since to note where each came from would be most of its cost.
const unusual = new Unusual("The request is out of the ordinary");

/** Reads OTLP/JSON. */
export class JsonReader implements Reader {
  readonly #json = new JsonCursor({ takesNul: true });
  /** For what has to be looked at and is not stored as it stands. */
  readonly #aside = new Strip();
  #request: Buffer = Buffer.alloc(0);
  #isEntered = false;
  unknown = 0;

  open(bytes: Buffer, layout: Layout): void {
    this.#request = bytes;
    this.#json.open(bytes, 0, bytes.length);
    this.unknown = 0;
    this.enter(layout);
  }

  close(): void {
    this.#json.close();
  }

  enter(layout: Layout): void {
    layout.found = 0;
    this.#isEntered = true;
  }

  next(layout: Layout): number {
    const json = this.#json;
    let goesOn = this.#isEntered ? json.object() : json.goesOn();
    this.#isEntered = false;
    for (; goesOn; goesOn = json.goesOn()) {
      const place = json.field(layout.names);
      if (place !== -1) {
        find(layout, place);
        return place;
      }
      json.skip();
      this.unknown++;
    }
    return -1;
  }

  isList(): boolean {
    return this.#json.list();
  }

  hasMore(): boolean {
    return this.#json.listGoesOn();
  }

  text(strip: Strip): void {
    this.#json.text(strip);
  }

  number(): number {
    const aside = this.#aside;
    aside.at = 0;
    this.#json.number(aside);
    const isNegative = aside.bytes[1] === minus;
    const from = isNegative ? 2 : 1;
    if (aside.at - from > 10) throw unusual;
    const number = digits(aside.bytes, from, aside.at);
    if (number > 0xffff_ffff) throw unusual;
    return isNegative ? -number : number;
  }

  flags(): number {
    return this.number();
  }

  time(into: Nanos): void {
    const json = this.#json;
    const from = json.digits(digitsOfTime);
    if (from === -1) this.#oddTime(into);
    else into.setSeconds(digits(json.bytes, from, from + 10), digits(json.bytes, from + 10, from + digitsOfTime));
  }

  /** Of another length, before 2001 in other words, or none. */
  #oddTime(into: Nanos): void {
    const aside = this.#aside;
    aside.at = 0;
    const isText = this.#json.isText();
    if (isText) this.#json.text(aside);
    else this.#json.number(aside);
    const { bytes, at } = aside;
    if (at === 2 && bytes[1] === zero) into.set(0, 0);
    else if (isText && at === 1 + digitsOfEarlyTime)
      into.setSeconds(digits(bytes, 1, at - 9), digits(bytes, at - 9, at));
    else into.set(1, 0);
  }

  id(strip: Strip, bytes: 8 | 16): boolean {
    const json = this.#json;
    const length = bytes * 2;
    const from = json.span(length);
    const begin = strip.at;
    // An empty text, also where all is zeros.
    strip.uint8(0);
    if (from === -1) return false;
    let differs = 0;
    for (let at = from; at < from + length; at++) {
      const digit = json.bytes[at] ?? 0;
      if (isHex[digit] === 0) throw unusual;
      differs |= digit ^ zero;
    }
    if (differs === 0) return false;
    strip.at = begin;
    strip.plain(json.bytes, from, from + length);
    return true;
  }

  pair(keys: Strip, values: Strip): boolean {
    const json = this.#json;
    const { at } = json;
    const [keysAt, valuesAt] = [keys.at, values.at];
    if (json.passes(pair.key)) {
      json.text(keys);
      if (this.#plainValue(values) && !json.goesOn() && !json.goesOn()) return true;
    }
    json.back(at);
    keys.at = keysAt;
    values.at = valuesAt;
    return false;
  }

  /** The value in a pair, up to the brace that ends it, where it is a text or an integer. */
  #plainValue(strip: Strip): boolean {
    const json = this.#json;
    if (json.passes(pair.text)) json.text(strip);
    else if (json.passes(pair.integer)) this.#integer(strip);
    else return false;
    return true;
  }

  any(strip: Strip): void {
    const json = this.#json;
    if (json.passes(beginOfText)) {
      json.text(strip);
      if (json.goesOn()) throw unusual;
      return;
    }
    const from = json.at;
    if (!json.object()) {
      strip.uint8(0);
      return;
    }
    const kind = json.field(kindsOfAny);
    let isPlain = true;
    if (kind === stringValue) json.text(strip);
    else if (kind === intValue) this.#integer(strip);
    else if (kind === boolValue) strip.string(json.boolean() ? "true" : "false");
    else if (kind === doubleValue && !json.isText()) this.#double(strip);
    else {
      json.skip();
      isPlain = false;
    }
    // Several values in one.
    if (json.goesOn()) throw unusual;
    if (!isPlain) strip.string(anyText(parseExactly(this.#request.toString("utf8", from, json.at))));
  }

  /** Written as it is read. */
  #integer(strip: Strip): void {
    const begin = strip.at;
    const isText = this.#json.isText();
    if (isText) this.#json.text(strip, 1, 1 + mostDigits.text);
    else this.#json.number(strip);
    const { bytes, at } = strip;
    const from = begin + (bytes[begin + 1] === minus ? 2 : 1);
    const count = at - from;
    if (count < 1 || count > (isText ? mostDigits.text : mostDigits.number)) throw unusual;
    if (bytes[from] === zero && at - begin > 2) throw unusual;
    digits(bytes, from, at);
  }

  #double(strip: Strip): void {
    const aside = this.#aside;
    aside.at = 0;
    this.#json.number(aside);
    strip.string(doubleText(Number(aside.bytes.toString("latin1", 1, aside.at))));
  }
}

function digits(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] ?? 0) - zero;
    if (digit < 0 || digit > 9) throw unusual;
    value = value * 10 + digit;
  }
  return value;
}
