import { isUtf8 } from "node:buffer";
import { Unusual } from "./unusual.ts";

const hexDigits = Buffer.from("0123456789abcdef");
const longestLength = 5;
/** To call for a copy takes longer than to copy so many bytes. */
const copiedByLoop = 64;

/** Values one after the other, as ClickHouse's Native format has those of a column. It grows as needed. */
export class Strip {
  bytes: Buffer = Buffer.allocUnsafeSlow(16_384);
  at = 0;

  /** Makes room for so many bytes more. */
  reserve(length: number): void {
    if (this.bytes.length - this.at >= length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + length));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  uint8(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  uint16(value: number): void {
    this.reserve(2);
    this.bytes[this.at++] = value;
    this.bytes[this.at++] = value >>> 8;
  }

  uint32(value: number): void {
    this.reserve(4);
    const { bytes, at } = this;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
    this.at = at + 4;
  }

  uint64(low: number, high: number): void {
    this.uint32(low);
    this.uint32(high);
  }

  /** Of any length. */
  length(value: number): void {
    this.reserve(longestLength);
    let rest = value;
    for (; rest >= 0x80; rest = rest >>> 7) this.bytes[this.at++] = (rest & 0x7f) | 0x80;
    this.bytes[this.at++] = rest;
  }

  /** Puts a length before so many bytes that stand behind one byte of room, from `begin` on. */
  lengthBefore(begin: number, length: number): void {
    let size = 1;
    for (let rest = length; rest >= 0x80; rest = rest >>> 7) size++;
    if (size > 1) this.bytes.copyWithin(begin + size, begin + 1, begin + 1 + length);
    this.at = begin;
    this.length(length);
    this.at += length;
  }

  /** Throws `Unusual` where it is not UTF-8. */
  text(source: Uint8Array, from: number, to: number): void {
    if (this.plain(source, from, to) >= 0x80 && !isUtf8(source.subarray(from, to)))
      throw new Unusual("A text is not UTF-8");
  }

  /** A text that is UTF-8, if all it was taken from is; answers all its bits. */
  plain(source: Uint8Array, from: number, to: number): number {
    const length = to - from;
    this.reserve(longestLength + length);
    if (length < 0x80) this.bytes[this.at++] = length;
    else this.length(length);
    return this.copy(source, from, to);
  }

  /** These bytes, without their length; answers all their bits. */
  copy(source: Uint8Array, from: number, to: number): number {
    this.reserve(to - from);
    const { bytes } = this;
    let { at } = this;
    let all = 0;
    for (let index = from; index < to; index++) {
      const code = source[index] ?? 0;
      all |= code;
      bytes[at++] = code;
    }
    this.at = at;
    return all;
  }

  /** Whether the same is written on both. */
  equals({ bytes, at }: Strip): boolean {
    return at === this.at && bytes.compare(this.bytes, 0, at, 0, at) === 0;
  }

  /** What is written on another. */
  append({ bytes, at }: Strip): void {
    this.reserve(at);
    if (at > copiedByLoop) bytes.copy(this.bytes, this.at, 0, at);
    else for (let index = 0; index < at; index++) this.bytes[this.at + index] = bytes[index] ?? 0;
    this.at += at;
  }

  string(text: string): void {
    if (this.#isShort(text)) return;
    const size = Buffer.byteLength(text);
    this.length(size);
    this.reserve(size);
    this.at += this.bytes.write(text, this.at);
  }

  /** Writes a text of some characters in ASCII; to call for more takes longer than to write so many. */
  #isShort(text: string): boolean {
    const { length } = text;
    if (length > copiedByLoop) return false;
    this.reserve(1 + length);
    const { bytes, at } = this;
    let all = 0;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      all |= code;
      bytes[at + 1 + index] = code;
    }
    if (all >= 0x80) return false;
    bytes[at] = length;
    this.at = at + 1 + length;
    return true;
  }

  /** A text without its length. */
  unmeasured(text: string): void {
    this.reserve(3 * text.length);
    this.at += this.bytes.write(text, this.at);
  }

  /** A text that is these bytes in hex. */
  hex(source: Uint8Array, from: number, to: number): void {
    this.length(2 * (to - from));
    this.reserve(2 * (to - from));
    const { bytes } = this;
    let { at } = this;
    for (let index = from; index < to; index++) {
      const code = source[index] ?? 0;
      bytes[at++] = hexDigits[code >>> 4] ?? 0;
      bytes[at++] = hexDigits[code & 15] ?? 0;
    }
    this.at = at;
  }

  /** What was written since `from`, so many times in all. */
  repeat(from: number, times: number): void {
    const end = from + (this.at - from) * times;
    if (times === 0) this.at = from;
    this.reserve(end - this.at);
    while (this.at < end) {
      const length = Math.min(this.at - from, end - this.at);
      this.bytes.copyWithin(this.at, from, from + length);
      this.at += length;
    }
  }

  written(): Buffer {
    return this.bytes.subarray(0, this.at);
  }
}
