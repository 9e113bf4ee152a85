import type { Column } from "#ingest/native/columns.ts";
import { grown } from "#ingest/native/grown.ts";
import { Strip } from "#ingest/native/strip.ts";
import { isFound, layoutOf } from "./layout.ts";
import type { Reader } from "./reader.ts";

const pair = layoutOf([1, "key", "text"], [2, "value", "message"]);
const at = { key: 0, value: 1 };

// The attributes at hand as they came, where each key and value begins, and in which order they go.
const keys = new Strip();
const values = new Strip();
let keyAt = new Int32Array(64);
let valueAt = new Int32Array(64);
let order = new Int32Array(64);
let count = 0;
/** How many the order is for. */
let ordered = 0;

/** The attributes in a repeated field as a map, sorted by key; the same as `attributes` of `any-text.ts`. */
export function writeAttributes(column: Column, reader: Reader): void {
  let isSorted = true;
  begin();
  for (let more = reader.isList(); more; more = reader.hasMore()) {
    readPair(reader);
    if (isSorted && count > 1) isSorted = compare(count - 2, count - 1) <= 0;
  }
  if (isSorted) {
    column.keys.append(keys);
    column.values.append(values);
  } else {
    // Whoever writes attributes keeps an order.
    if (count !== ordered || !isInOrder()) sort();
    for (let index = 0; index < count; index++) {
      const place = order[index] ?? 0;
      column.keys.copy(keys.bytes, keyAt[place] ?? 0, keyAt[place + 1] ?? 0);
      column.values.copy(values.bytes, valueAt[place] ?? 0, valueAt[place + 1] ?? 0);
    }
  }
  column.endMap(count);
}

/** The value of the first of a name among the attributes that were written last; empty where there is none. */
export function writeAttribute(strip: Strip, key: Buffer): void {
  for (let index = 0; index < count; index++)
    if (key.compare(keys.bytes, nameAt(index), keyAt[index + 1]) === 0) {
      strip.copy(values.bytes, valueAt[index] ?? 0, valueAt[index + 1] ?? 0);
      return;
    }
  strip.uint8(0);
}

function begin(): void {
  keys.at = 0;
  values.at = 0;
  count = 0;
}

function readPair(reader: Reader): void {
  reader.enter(pair);
  for (let field = reader.next(pair); field !== -1; field = reader.next(pair))
    if (field === at.key) reader.text(keys);
    else reader.any(values);
  if (!isFound(pair, at.key)) keys.uint8(0);
  if (!isFound(pair, at.value)) values.uint8(0);
  count++;
  if (count === keyAt.length) grow();
  keyAt[count] = keys.at;
  valueAt[count] = values.at;
}

/** Where a key itself begins, behind its length. */
function nameAt(index: number): number {
  let from = keyAt[index] ?? 0;
  while ((keys.bytes[from++] ?? 0) >= 0x80);
  return from;
}

/** By the bytes of their keys. */
function compare(one: number, other: number): number {
  const { bytes } = keys;
  let a = nameAt(one);
  let b = nameAt(other);
  const aTo = keyAt[one + 1] ?? 0;
  const bTo = keyAt[other + 1] ?? 0;
  while (a < aTo && b < bTo) {
    const difference = (bytes[a++] ?? 0) - (bytes[b++] ?? 0);
    if (difference !== 0) return difference;
  }
  return aTo - a - (bTo - b);
}

/** Whether the order is that of the keys, and of those that are the same that in which they came. */
function isInOrder(): boolean {
  for (let index = 1; index < count; index++) if (isBefore(order[index] ?? 0, order[index - 1] ?? 0)) return false;
  return true;
}

function isBefore(one: number, other: number): boolean {
  const difference = compare(one, other);
  return difference === 0 ? one < other : difference < 0;
}

function sort(): void {
  for (let index = 0; index < count; index++) {
    let place = index;
    for (; place > 0 && isBefore(index, order[place - 1] ?? 0); place--) order[place] = order[place - 1] ?? 0;
    order[place] = index;
  }
  ordered = count;
}

function grow(): void {
  keyAt = grown(keyAt);
  valueAt = grown(valueAt);
  order = grown(order);
}
