import { grown } from "./grown.ts";
import { Unusual } from "./unusual.ts";

export const kindOf = {
  object: 0x7b,
  list: 0x5b,
  text: 0x22,
  number: 0x30,
  true: 0x74,
  false: 0x66,
  null: 0x6e,
} as const;

const [quote, comma, colon, closingBrace, closingBracket, backslash] = [0x22, 0x2c, 0x3a, 0x7d, 0x5d, 0x5c];
const deepest = 64;

/** Bytes that end no number: digits, signs, the point and the exponent. */
const inNumber = new Uint8Array(256);
for (const byte of Buffer.from("0123456789+-.eE")) inNumber[byte] = 1;
const isSpace = new Uint8Array(256);
for (const byte of Buffer.from(" \t\n\r")) isSpace[byte] = 1;
const words = [
  { kind: kindOf.true, bytes: Buffer.from("true") },
  { kind: kindOf.false, bytes: Buffer.from("false") },
  { kind: kindOf.null, bytes: Buffer.from("null") },
];

/**
 * A JSON text cut into tokens, each key and each value one, in their order. Escapes in texts are undone within the bytes,
 * which are a copy. Throws where the text is not JSON, or out of the ordinary.
 */
export class JsonTokens {
  bytes: Buffer = Buffer.alloc(0);
  count = 0;
  #room = Buffer.alloc(0);
  kind: Int32Array = new Int32Array(1024);
  /** Where the token begins, and where it ends; of a text what is between the quotes. */
  from: Int32Array = new Int32Array(1024);
  to: Int32Array = new Int32Array(1024);
  /** The token after it and all that is in it. */
  next: Int32Array = new Int32Array(1024);
  #at = 0;

  read(text: Buffer): void {
    if (this.#room.length < text.length) this.#room = Buffer.alloc(text.length * 2);
    this.bytes = this.#room.subarray(0, text.length);
    text.copy(this.bytes);
    this.count = 0;
    this.#at = 0;
    this.#value(0);
    this.#skipSpace();
    if (this.#at !== text.length) throw new Unusual("Something follows the JSON");
  }

  #value(depth: number): void {
    if (depth > deepest) throw new Unusual("The JSON is nested deeply");
    this.#skipSpace();
    const byte = this.bytes[this.#at];
    if (byte === quote) this.#text();
    else if (byte === kindOf.object) this.#object(depth);
    else if (byte === kindOf.list) this.#list(depth);
    else this.#plain(byte ?? 0);
  }

  #begin(kind: number, from: number): number {
    const token = this.count++;
    if (token === this.from.length) this.#grow();
    this.kind[token] = kind;
    this.from[token] = from;
    return token;
  }

  #end(token: number, to: number): void {
    this.to[token] = to;
    this.next[token] = this.count;
  }

  #object(depth: number): void {
    const token = this.#begin(kindOf.object, this.#at++);
    if (!this.#isClosed(closingBrace))
      do {
        this.#skipSpace();
        if (this.bytes[this.#at] !== quote) throw new Unusual("A key is missing");
        this.#text();
        this.#skipSpace();
        if (this.bytes[this.#at++] !== colon) throw new Unusual("A colon is missing");
        this.#value(depth + 1);
      } while (this.#goesOn(closingBrace));
    this.#end(token, this.#at);
  }

  #list(depth: number): void {
    const token = this.#begin(kindOf.list, this.#at++);
    if (!this.#isClosed(closingBracket))
      do this.#value(depth + 1);
      while (this.#goesOn(closingBracket));
    this.#end(token, this.#at);
  }

  #isClosed(closing: number): boolean {
    this.#skipSpace();
    if (this.bytes[this.#at] !== closing) return false;
    this.#at++;
    return true;
  }

  #goesOn(closing: number): boolean {
    this.#skipSpace();
    const byte = this.bytes[this.#at++];
    if (byte !== comma && byte !== closing) throw new Unusual("A comma is missing");
    return byte === comma;
  }

  #text(): void {
    const { bytes } = this;
    const from = this.#at + 1;
    const token = this.#begin(kindOf.text, from);
    let to = from;
    let isEscaped = false;
    for (let byte = bytes[to]; byte !== quote; byte = bytes[++to]) {
      if (byte === undefined || byte < 0x20) throw new Unusual("A text does not end");
      if (byte !== backslash) continue;
      isEscaped = true;
      to++;
    }
    this.#at = to + 1;
    this.#end(token, isEscaped ? this.#unescape(from, to) : to);
  }

  /** What is meant is never longer than how it is written. */
  #unescape(from: number, to: number): number {
    const text: unknown = JSON.parse(this.bytes.toString("utf8", from - 1, to + 1));
    if (typeof text !== "string" || !text.isWellFormed()) throw new Unusual("A text is not well-formed");
    return from + this.bytes.write(text, from);
  }

  #plain(byte: number): void {
    const from = this.#at;
    const word = words.find(({ kind }) => kind === byte);
    if (word) {
      this.#at += word.bytes.length;
      if (!word.bytes.equals(this.bytes.subarray(from, this.#at))) throw new Unusual("A word is unknown");
    } else {
      while (inNumber[this.bytes[this.#at] ?? 0]) this.#at++;
      // Throws where it is none.
      if (this.#at - from > 1 || byte < 0x30 || byte > 0x39) JSON.parse(this.bytes.toString("latin1", from, this.#at));
    }
    this.#end(this.#begin(word?.kind ?? kindOf.number, from), this.#at);
  }

  #skipSpace(): void {
    while (isSpace[this.bytes[this.#at] ?? 0]) this.#at++;
  }

  #grow(): void {
    this.kind = grown(this.kind);
    this.from = grown(this.from);
    this.to = grown(this.to);
    this.next = grown(this.next);
  }
}
