import type { Column } from "#ingest/native/columns.ts";
import { grown } from "#ingest/native/grown.ts";
import type { Strip } from "#ingest/native/strip.ts";
import { layoutOf } from "./layout.ts";
import type { Reader } from "./reader.ts";

interface Range {
  readonly from: number;
  readonly to: number;
}

const pair = layoutOf([1, "key", "text"], [2, "value", "message"]);

// Where the keys and values of the attributes at hand begin and end.
let keyFrom = new Int32Array(64);
let keyTo = new Int32Array(64);
let valueFrom = new Int32Array(64);
let valueTo = new Int32Array(64);

/** The attributes in a field as a map, sorted by key; the same as `attributes` of `any-text.ts`. */
export function writeAttributes(column: Column, reader: Reader, range: Range): void {
  const count = readPairs(reader, range);
  for (let index = 0; index < count; index++) {
    column.keys.text(reader.bytes, keyFrom[index] ?? 0, keyTo[index] ?? 0);
    reader.writeAny(column.values, valueFrom[index] ?? 0, valueTo[index] ?? 0);
  }
  column.endMap(count);
}

/** The value of the first attribute of that name in a field; empty where there is none. */
export function writeAttribute(strip: Strip, reader: Reader, { from, to, key }: Range & { key: Buffer }): void {
  for (let at = from; at < to; ) {
    at = readPair(reader, at, 0);
    if (key.equals(reader.bytes.subarray(keyFrom[0], keyTo[0]))) {
      reader.writeAny(strip, valueFrom[0] ?? 0, valueTo[0] ?? 0);
      return;
    }
  }
  strip.length(0);
}

function readPairs(reader: Reader, { from, to }: Range): number {
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
