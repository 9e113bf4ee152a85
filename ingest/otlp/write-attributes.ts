import type { Column } from "#ingest/native/columns.ts";
import { grown } from "#ingest/native/grown.ts";
import { Strip } from "#ingest/native/strip.ts";
import { Unusual } from "#ingest/native/unusual.ts";
import { isFound, layoutOf } from "./layout.ts";
import type { Reader } from "./reader.ts";

const pair = layoutOf([1, "key", "text"], [2, "value", "message"]);
const at = { key: 0, value: 1 };

// The attributes at hand as they came, and where each key and value begins.
const keys = new Strip();
const values = new Strip();
let keyAt = new Int32Array(64);
let valueAt = new Int32Array(64);
let count = 0;

const mostSorted = 500;
const unusual = new Unusual("So many attributes are out of the ordinary");

/** Writes attributes of one sort. Whoever sends those mostly sends the same keys as before, so their order is kept. */
export class Attributes {
  readonly #keysBefore = new Strip();
  #order = new Int32Array(0);
  readonly #sortedKeys = new Strip();

  /** The attributes in a repeated field as a map, sorted by key; the same as `attributes` of `any-text.ts`. */
  write(column: Column, reader: Reader): void {
    keys.at = 0;
    values.at = 0;
    count = 0;
    for (let more = reader.isList(); more; more = reader.hasMore()) readPair(reader);
    // They are sorted by comparing each with each.
    if (count > mostSorted) throw unusual;
    if (!keys.equals(this.#keysBefore)) this.#sort();
    column.keys.append(this.#sortedKeys);
    copyInOrder(values, { begins: valueAt, order: this.#order, target: column.values });
    column.endMap(count);
  }

  #sort(): void {
    if (this.#order.length < count) this.#order = new Int32Array(keyAt.length);
    const order = this.#order;
    for (let index = 0; index < count; index++) {
      let place = index;
      for (; place > 0 && compare(index, order[place - 1] ?? 0) < 0; place--) order[place] = order[place - 1] ?? 0;
      order[place] = index;
    }
    this.#sortedKeys.at = 0;
    copyInOrder(keys, { begins: keyAt, order, target: this.#sortedKeys });
    this.#keysBefore.at = 0;
    this.#keysBefore.append(keys);
  }
}

function copyInOrder(
  { bytes }: Strip,
  { begins, order, target }: { begins: Int32Array; order: Int32Array; target: Strip },
): void {
  for (let index = 0; index < count; index++) {
    const place = order[index] ?? 0;
    target.copy(bytes, begins[place] ?? 0, begins[place + 1] ?? 0);
  }
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

function readPair(reader: Reader): void {
  if (!reader.pair(keys, values)) enterPair(reader);
  count++;
  if (count === keyAt.length) grow();
  keyAt[count] = keys.at;
  valueAt[count] = values.at;
}

function enterPair(reader: Reader): void {
  reader.enter(pair);
  for (let field = reader.next(pair); field !== -1; field = reader.next(pair))
    if (field === at.key) reader.text(keys);
    else reader.any(values);
  if (!isFound(pair, at.key)) keys.uint8(0);
  if (!isFound(pair, at.value)) values.uint8(0);
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

function grow(): void {
  keyAt = grown(keyAt);
  valueAt = grown(valueAt);
}
