import { grown } from "./grown.ts";
import { type Layout, layoutOf } from "./layout.ts";
import type { Reader } from "./reader.ts";
import { type Copy, rangeOf } from "./write-fields.ts";

const pair = layoutOf([1, "key", "text"], [2, "value", "message"]);

// Where the keys and values of the attributes at hand begin and end.
let keyFrom = new Int32Array(64);
let keyTo = new Int32Array(64);
let valueFrom = new Int32Array(64);
let valueTo = new Int32Array(64);

/** The attributes in a field as a JSON object, sorted by key; the same as `attributes` of `any-text.ts`. */
export function writeAttributes({ rows, reader }: Copy, layout: Layout, place: number): void {
  const count = readPairs(reader, rangeOf(layout, place));
  rows.byte(0x7b);
  for (let index = 0; index < count; index++) {
    if (index > 0) rows.byte(0x2c);
    rows.quoted(reader.bytes, keyFrom[index] ?? 0, keyTo[index] ?? 0);
    rows.byte(0x3a);
    reader.writeAny(rows, valueFrom[index] ?? 0, valueTo[index] ?? 0);
  }
  rows.byte(0x7d);
}

/** The value of the first attribute of that name in a field, as a JSON string. */
export function writeAttribute({ rows, reader }: Copy, layout: Layout, { place, key }: { place: number; key: Buffer }) {
  const { from, to } = rangeOf(layout, place);
  for (let at = from; at < to; ) {
    at = readPair(reader, at, 0);
    if (key.equals(reader.bytes.subarray(keyFrom[0], keyTo[0]))) {
      reader.writeAny(rows, valueFrom[0] ?? 0, valueTo[0] ?? 0);
      return;
    }
  }
  rows.ascii('""');
}

function readPairs(reader: Reader, { from, to }: { from: number; to: number }): number {
  let count = 0;
  for (let at = from; at < to; count++) {
    if (count === keyFrom.length) grow();
    at = readPair(reader, at, count);
    moveToItsPlace(reader.bytes, count);
  }
  return count;
}

function readPair(reader: Reader, at: number, index: number): number {
  const end = reader.next(at);
  reader.scan(pair, reader.at, end);
  keyFrom[index] = pair.from[0] ?? 0;
  keyTo[index] = pair.to[0] ?? 0;
  valueFrom[index] = pair.from[1] ?? 0;
  valueTo[index] = pair.to[1] ?? 0;
  return end;
}

/** Of the pairs before it, which are sorted. */
function moveToItsPlace(bytes: Uint8Array, index: number): void {
  let place = index;
  while (place > 0 && isBefore(bytes, index, place - 1)) place--;
  if (place === index) return;
  moveTo(keyFrom, index, place);
  moveTo(keyTo, index, place);
  moveTo(valueFrom, index, place);
  moveTo(valueTo, index, place);
}

function moveTo(list: Int32Array, index: number, place: number): void {
  const moved = list[index] ?? 0;
  for (let at = index; at > place; at--) list[at] = list[at - 1] ?? 0;
  list[place] = moved;
}

function isBefore(bytes: Uint8Array, one: number, other: number): boolean {
  let a = keyFrom[one] ?? 0;
  let b = keyFrom[other] ?? 0;
  const aTo = keyTo[one] ?? 0;
  const bTo = keyTo[other] ?? 0;
  while (a < aTo && b < bTo) {
    const difference = (bytes[a++] ?? 0) - (bytes[b++] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return a === aTo && b < bTo;
}

function grow(): void {
  keyFrom = grown(keyFrom);
  keyTo = grown(keyTo);
  valueFrom = grown(valueFrom);
  valueTo = grown(valueTo);
}
