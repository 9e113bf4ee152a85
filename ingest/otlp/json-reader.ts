import { isUtf8 } from "node:buffer";
import { JsonTokens, kindOf } from "#ingest/native/json-tokens.ts";
import type { Strip } from "#ingest/native/strip.ts";
import { Unusual } from "#ingest/native/unusual.ts";
import { anyText, doubleText } from "./any-text.ts";
import type { FieldType, Layout } from "./layout.ts";
import type { Nanos } from "./nanos.ts";
import type { Reader } from "./reader.ts";

const zero = 0x30;
const minus = 0x2d;
const isHex = new Uint8Array(256);
for (const byte of Buffer.from("0123456789abcdef")) isHex[byte] = 1;
const tokenOf = {
  text: kindOf.text,
  message: kindOf.object,
  repeated: kindOf.list,
} as const satisfies Partial<Record<FieldType, number>>;
const kindsOfAny = {
  stringValue: 0,
  intValue: 1,
  boolValue: 2,
  doubleValue: 3,
};
const namesOfAny = Object.keys(kindsOfAny).map((name) => Buffer.from(name));

/** Whole numbers that are written as they are read. */
const wholeNumber = /^(?:0|-?[1-9]\d{0,14})$/;
const wholeText = /^(?:0|-?[1-9]\d{0,18})$/;

/**
 * Reads OTLP/JSON. From and to are tokens: of a message the one after its brace and the one after it all; of a text they
 * are its bytes.
 */
export class JsonReader implements Reader {
  readonly #tokens = new JsonTokens();
  #request: Buffer = Buffer.alloc(0);
  at = 0;

  get bytes(): Uint8Array {
    return this.#tokens.bytes;
  }

  get isEmpty(): boolean {
    return this.#tokens.count === 1;
  }

  open(bytes: Buffer, layout: Layout): void {
    if (!isUtf8(bytes)) throw new Unusual("The request is not UTF-8");
    this.#request = bytes;
    this.#tokens.read(bytes);
    if (this.#tokens.kind[0] !== kindOf.object) throw new Unusual("The request is not an object");
    this.scan(layout, 1, this.#tokens.count);
  }

  scan(layout: Layout, start: number, end: number): void {
    const { from, to } = layout;
    const { next } = this.#tokens;
    from.fill(-1);
    to.fill(-1);
    let place = -1;
    for (let token = start; token < end; ) {
      const value = token + 1;
      const found = this.#placeOf(layout, token, place + 1);
      if (found !== -1) {
        if (from[found] !== -1) throw new Unusual("A field stands there twice");
        this.#put(layout, found, value);
        place = found;
      }
      token = next[value] ?? 0;
    }
  }

  /** Fields mostly come in their order. */
  #placeOf({ names }: Layout, token: number, likely: number): number {
    for (let turn = 0; turn < names.length; turn++) {
      const place = (likely + turn) % names.length;
      if (this.#isName(names[place] ?? this.#request, token)) return place;
    }
    return -1;
  }

  #isName(name: Buffer, token: number): boolean {
    const { bytes, from, to } = this.#tokens;
    const start = from[token] ?? 0;
    if ((to[token] ?? 0) - start !== name.length) return false;
    for (let index = 0; index < name.length; index++) if (bytes[start + index] !== name[index]) return false;
    return true;
  }

  #put({ types, from, to }: Layout, place: number, value: number): void {
    const tokens = this.#tokens;
    const type = types[place];
    if (type === "text" || type === "message" || type === "repeated") {
      if (tokens.kind[value] !== tokenOf[type]) throw new Unusual("A field is of another type than it should be");
      if (type === "text") {
        from[place] = tokens.from[value] ?? 0;
        to[place] = tokens.to[value] ?? 0;
        return;
      }
      from[place] = value + 1;
      to[place] = tokens.next[value] ?? 0;
    } else {
      from[place] = value;
      to[place] = value + 1;
    }
  }

  next(at: number): number {
    if (this.#tokens.kind[at] !== kindOf.object) throw new Unusual("A list holds something that is not an object");
    this.at = at + 1;
    return this.#tokens.next[at] ?? 0;
  }

  number(at: number): number {
    if (at === -1) return 0;
    const { kind, from, to } = this.#tokens;
    const isNegative = this.#tokens.bytes[from[at] ?? 0] === minus;
    const start = (from[at] ?? 0) + (isNegative ? 1 : 0);
    const end = to[at] ?? 0;
    if (kind[at] !== kindOf.number || end - start > 10) throw new Unusual("A number is not plain");
    const number = this.#digits(start, end);
    if (number > 0xffff_ffff) throw new Unusual("A number is too large");
    return isNegative ? -number : number;
  }

  flags(at: number): number {
    return this.number(at);
  }

  time(at: number, into: Nanos): void {
    if (at === -1) {
      into.set(0, 0);
      return;
    }
    const { bytes, kind, from, to } = this.#tokens;
    const start = from[at] ?? 0;
    const end = to[at] ?? 0;
    const seconds = end - start - 9;
    if (end - start === 1 && bytes[start] === zero) into.set(0, 0);
    else if (kind[at] === kindOf.text && (seconds === 9 || seconds === 10))
      into.setSeconds(this.#digits(start, end - 9), this.#digits(end - 9, end));
    else throw new Unusual("A time is not plain");
  }

  #digits(from: number, to: number): number {
    const { bytes } = this.#tokens;
    let value = 0;
    for (let at = from; at < to; at++) {
      const digit = (bytes[at] ?? 0) - zero;
      if (digit < 0 || digit > 9) throw new Unusual("A number is not plain");
      value = value * 10 + digit;
    }
    return value;
  }

  isNoId(token: number): boolean {
    const { bytes, from, to } = this.#tokens;
    const end = to[token] ?? 0;
    for (let at = from[token] ?? 0; at < end; at++) if (bytes[at] !== zero) return false;
    return true;
  }

  writeId(strip: Strip, { from: token }: { from: number }, length: 8 | 16): void {
    const { bytes, kind, from, to } = this.#tokens;
    const start = from[token] ?? 0;
    const end = to[token] ?? 0;
    if (start === end) {
      strip.length(0);
      return;
    }
    if (kind[token] !== kindOf.text || end - start !== length * 2) throw new Unusual("An id is not plain");
    for (let at = start; at < end; at++) if (!isHex[bytes[at] ?? 0]) throw new Unusual("An id is not plain");
    if (this.isNoId(token)) strip.length(0);
    else strip.text(bytes, start, end);
  }

  writeAny(strip: Strip, from: number, to: number): void {
    if (from >= to) {
      strip.length(0);
      return;
    }
    const value = from + 1;
    const { kind, next } = this.#tokens;
    if (next[value] !== to) throw new Unusual("An attribute's value is not one value");
    const name = namesOfAny.findIndex((each) => this.#isName(each, from));
    if (name === kindsOfAny.stringValue) {
      if (kind[value] !== kindOf.text) throw new Unusual("A text is none");
      strip.text(this.bytes, this.#tokens.from[value] ?? 0, this.#tokens.to[value] ?? 0);
    } else strip.string(this.#plainText(name, value) ?? anyText(this.#parse(from - 1)));
  }

  /** The text of an integer, a bool or a double; undefined of others. */
  #plainText(name: number, value: number): string | undefined {
    const kind = this.#tokens.kind[value];
    switch (name) {
      case kindsOfAny.intValue: {
        const text = this.#text(value);
        if (!(kind === kindOf.text ? wholeText : wholeNumber).test(text)) throw new Unusual("An integer is not plain");
        return text;
      }
      case kindsOfAny.boolValue:
        return String(kind === kindOf.true);
      case kindsOfAny.doubleValue:
        return kind === kindOf.number ? doubleText(Number(this.#text(value))) : undefined;
      default:
        return undefined;
    }
  }

  /** Of the request as it came: in the tokens' bytes escapes are undone. */
  #parse(token: number): unknown {
    const { from, to } = this.#tokens;
    return JSON.parse(this.#request.toString("utf8", from[token], to[token]));
  }

  #text(token: number): string {
    return this.#tokens.bytes.toString("latin1", this.#tokens.from[token], this.#tokens.to[token]);
  }
}
