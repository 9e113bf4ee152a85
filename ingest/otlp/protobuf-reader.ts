import { decodeAnyValue } from "#contracts/otlp/codec.ts";
import type { Strip } from "#ingest/native/strip.ts";
import { Unusual } from "#ingest/native/unusual.ts";
import { anyText, doubleText } from "./any-text.ts";
import { find, type Layout } from "./layout.ts";
import type { Nanos } from "./nanos.ts";
import type { Reader } from "./reader.ts";

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const anyTags = { text: 0x0a, bool: 0x10, int: 0x18, double: 0x21 } as const;

// One for all, since to note where each came from would be most of its cost.
const unusual = new Unusual("The request is out of the ordinary");

/** Reads protobuf's wire format. */
export class ProtobufReader implements Reader {
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  /** Of the message at hand. */
  #end = 0;
  #depth = 0;
  /** Of the messages around it. */
  readonly #ends = new Int32Array(16);
  /** The tag of the field at hand, and at each depth of that which is repeated. */
  #tag = 0;
  readonly #tags = new Int32Array(16);
  unknown = 0;

  open(bytes: Buffer, layout: Layout): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = 0;
    this.#end = bytes.length;
    this.#depth = 1;
    this.unknown = 0;
    layout.found = 0;
  }

  /** `next` saw to it. */
  close(): void {}

  enter(layout: Layout): void {
    const to = this.#valueTo();
    this.#ends[this.#depth++] = this.#end;
    this.#end = to;
    layout.found = 0;
  }

  /** The fields may be in any order, but those that are repeated have to be one right after the other. */
  next(layout: Layout): number {
    while (this.#at < this.#end) {
      this.#readTag();
      const place = (layout.placeOf[this.#tag] ?? 0) - 1;
      if (place >= 0) {
        find(layout, place);
        return place;
      }
      // Of another type than it should be.
      if (layout.isNumber[this.#tag >>> 3]) throw unusual;
      this.#skip();
    }
    if (this.#at !== this.#end) throw unusual;
    this.#end = this.#ends[--this.#depth] ?? 0;
    return -1;
  }

  isList(): boolean {
    this.#tags[this.#depth] = this.#tag;
    return true;
  }

  hasMore(): boolean {
    // All that are repeated have tags of one byte.
    if (this.#at >= this.#end || this.#bytes[this.#at] !== this.#tags[this.#depth]) return false;
    this.#at++;
    return true;
  }

  text(strip: Strip): void {
    const to = this.#valueTo();
    strip.text(this.#bytes, this.#at, to);
    this.#at = to;
  }

  number(): number {
    return this.#varint();
  }

  flags(): number {
    const flags = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return flags;
  }

  time(into: Nanos): void {
    into.set(this.#view.getUint32(this.#at, true), this.#view.getUint32(this.#at + 4, true));
    this.#at += 8;
  }

  id(strip: Strip, length: 8 | 16): boolean {
    const to = this.#valueTo();
    const from = this.#at;
    this.#at = to;
    if (to > from && to - from !== length) throw unusual;
    if (isZero(this.#bytes, from, to)) {
      strip.uint8(0);
      return false;
    }
    strip.hex(this.#bytes, from, to);
    return true;
  }

  pair(): boolean {
    return false;
  }

  any(strip: Strip): void {
    const bytes = this.#bytes;
    const to = this.#valueTo();
    const from = this.#at;
    if (from === to) strip.uint8(0);
    else if (bytes[from] === anyTags.text) {
      this.#at++;
      // Two values in one: whichever is last is the one.
      if (this.#valueTo() !== to) throw unusual;
      strip.text(bytes, this.#at, to);
    } else strip.string(this.#plainText(from, to) ?? anyText(decodeAnyValue(bytes.subarray(from, to))));
    this.#at = to;
  }

  /** The text of what is neither text, list, map nor bytes; undefined of those. */
  #plainText(from: number, to: number): string | undefined {
    switch (this.#bytes[from]) {
      case anyTags.bool:
        return to === from + 2 && (this.#bytes[from + 1] ?? 0x80) < 0x80
          ? String(this.#bytes[from + 1] !== 0)
          : undefined;
      case anyTags.int:
        return this.#varintEnd(from + 1) === to ? this.#int64(from + 1) : undefined;
      case anyTags.double:
        return to === from + 9 ? doubleText(this.#view.getFloat64(from + 1, true)) : undefined;
      default:
        return undefined;
    }
  }

  #readTag(): void {
    const byte = this.#view.getUint8(this.#at++);
    this.#tag = byte;
    if (byte < 0x80) return;
    const next = this.#view.getUint8(this.#at++);
    // A field's number is beyond any that is known.
    if (next >= 0x80) throw unusual;
    this.#tag = (next << 7) | (byte & 0x7f);
  }

  /** Passes over the value of the field at hand. */
  #skip(): void {
    this.unknown++;
    switch (this.#tag & 7) {
      case wireTypes.varint:
        this.#at = this.#varintEnd(this.#at);
        break;
      case wireTypes.fixed64:
        this.#at += 8;
        break;
      case wireTypes.bytes:
        this.#at = this.#valueTo();
        break;
      case wireTypes.fixed32:
        this.#at += 4;
        break;
      default:
        throw unusual;
    }
  }

  #varintEnd(at: number): number {
    let end = at;
    while (this.#view.getUint8(end++) >= 0x80);
    return end;
  }

  /** Where the value ends whose length is next, which is passed. */
  #valueTo(): number {
    const byte = this.#view.getUint8(this.#at);
    const length = byte < 0x80 ? byte : this.#varint();
    if (byte < 0x80) this.#at++;
    const to = this.#at + length;
    if (to > this.#end) throw unusual;
    return to;
  }

  /** The lower 32 bits, unsigned. */
  #varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#view.getUint8(this.#at++);
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw unusual;
  }

  /** All 64 bits as digits, signed. */
  #int64(start: number): string {
    let low = 0;
    let high = 0;
    let at = start;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#view.getUint8(at++);
      const bits = byte & 0x7f;
      if (shift <= 28) low |= bits << shift;
      if (shift === 28) high = bits >>> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (byte < 0x80) return high === 0 ? String(low >>> 0) : String((BigInt(high) << 32n) | BigInt(low >>> 0));
    }
    throw unusual;
  }
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}
