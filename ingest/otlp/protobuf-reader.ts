import { decodeAnyValue } from "#contracts/otlp/codec.ts";
import type { Strip } from "#ingest/native/strip.ts";
import { Unusual } from "#ingest/native/unusual.ts";
import { anyText, doubleText } from "./any-text.ts";
import type { Layout } from "./layout.ts";
import type { Nanos } from "./nanos.ts";
import type { Reader } from "./reader.ts";

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const anyTags = { text: 0x0a, bool: 0x10, int: 0x18, double: 0x21 } as const;

/** Reads protobuf's wire format. From and to are the places of a value; of a repeated field its first tag and last value. */
export class ProtobufReader implements Reader {
  bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  at = 0;

  get isEmpty(): boolean {
    return this.bytes.length === 0;
  }

  open(bytes: Buffer, layout: Layout): void {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.scan(layout, 0, bytes.length);
  }

  /** The fields may be in any order, but those that are repeated have to be one right after the other. */
  scan(layout: Layout, start: number, end: number): void {
    const { placeOf, types, from, to } = layout;
    from.fill(-1);
    to.fill(-1);
    this.at = start;
    let last = -1;
    while (this.at < end) {
      const first = this.at;
      const tag = this.#tag();
      const valueTo = this.#valueEnd(tag & 7);
      if (valueTo > end) throw new Unusual("A field ends after its message");
      const place = (placeOf[tag] ?? 0) - 1;
      if (place < 0) checkUnknown(layout, tag);
      else if (from[place] === -1) {
        from[place] = types[place] === "repeated" ? first : this.at;
        to[place] = valueTo;
      } else if (place === last && types[place] === "repeated") to[place] = valueTo;
      else throw new Unusual("A field stands in two places");
      last = place;
      this.at = valueTo;
    }
  }

  next(at: number): number {
    // All that are repeated have tags of one byte.
    this.at = at + 1;
    return this.#length();
  }

  number(at: number): number {
    if (at === -1) return 0;
    this.at = at;
    return this.#varint();
  }

  flags(at: number): number {
    return at === -1 ? 0 : this.#view.getUint32(at, true);
  }

  time(at: number, into: Nanos): void {
    if (at === -1) into.set(0, 0);
    else into.set(this.#view.getUint32(at, true), this.#view.getUint32(at + 4, true));
  }

  isNoId(from: number, to: number): boolean {
    for (let at = from; at < to; at++) if (this.bytes[at] !== 0) return false;
    return true;
  }

  writeId(strip: Strip, { from, to }: { from: number; to: number }, bytes: 8 | 16): void {
    if (to > from && to - from !== bytes) throw new Unusual("An id has another length");
    if (this.isNoId(from, to)) strip.length(0);
    else strip.hex(this.bytes, from, to);
  }

  writeAny(strip: Strip, from: number, to: number): void {
    const { bytes } = this;
    if (from >= to) strip.length(0);
    else if (bytes[from] === anyTags.text) {
      const end = this.next(from);
      // Two values in one: whichever is last is the one.
      if (end !== to) throw new Unusual("An attribute's value is not one value");
      strip.text(bytes, this.at, end);
    } else strip.string(this.#plainText(from, to) ?? anyText(decodeAnyValue(bytes.subarray(from, to))));
  }

  /** The text of what is neither text, list, map nor bytes; undefined of those. */
  #plainText(from: number, to: number): string | undefined {
    switch (this.bytes[from]) {
      case anyTags.bool:
        return to === from + 2 ? String(this.bytes[from + 1] !== 0) : undefined;
      case anyTags.int:
        return this.#varintEnd(from + 1) === to ? this.#int64(from + 1) : undefined;
      case anyTags.double:
        return to === from + 9 ? doubleText(this.#view.getFloat64(from + 1, true)) : undefined;
      default:
        return undefined;
    }
  }

  #tag(): number {
    const byte = this.#view.getUint8(this.at++);
    if (byte < 0x80) return byte;
    const next = this.#view.getUint8(this.at++);
    if (next >= 0x80) throw new Unusual("A field's number is beyond any that is known");
    return (next << 7) | (byte & 0x7f);
  }

  /** The end of the value at `at`, which comes to stand after the value's length where it has one. */
  #valueEnd(wireType: number): number {
    switch (wireType) {
      case wireTypes.varint:
        return this.#varintEnd(this.at);
      case wireTypes.fixed64:
        return this.at + 8;
      case wireTypes.bytes:
        return this.#length();
      case wireTypes.fixed32:
        return this.at + 4;
      default:
        throw new Unusual("A field is of no known wire type");
    }
  }

  #varintEnd(at: number): number {
    let end = at;
    while (this.#view.getUint8(end++) >= 0x80);
    return end;
  }

  #length(): number {
    const byte = this.#view.getUint8(this.at);
    if (byte < 0x80) return ++this.at + byte;
    const length = this.#varint();
    return this.at + length;
  }

  /** The lower 32 bits, unsigned. */
  #varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#view.getUint8(this.at++);
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new Unusual("A number is too long");
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
    throw new Unusual("A number is too long");
  }
}

function checkUnknown({ isNumber }: Layout, tag: number): void {
  if (isNumber[tag >>> 3]) throw new Unusual("A field is of another type than it should be");
}
