import type { Layout } from "./layout.ts";
import type { Reader } from "./reader.ts";
import type { RowBytes } from "./row-bytes.ts";

/** From where to where telemetry is copied. */
export interface Copy {
  readonly reader: Reader;
  readonly rows: RowBytes;
}

export const comma = 0x2c;
const quote = 0x22;

/** A field that is text as a JSON string; empty where it is absent. */
export function writeText({ rows, reader }: Copy, { from, to }: Layout, place: number): void {
  rows.quoted(reader.bytes, from[place] ?? 0, to[place] ?? 0);
}

/** An id of so many bytes in hex as a JSON string; empty where it is absent, empty or all zero. */
export function writeId(
  { rows, reader }: Copy,
  layout: Layout,
  { place, bytes }: { place: number; bytes: 8 | 16 },
): void {
  rows.byte(quote);
  reader.writeId(rows, rangeOf(layout, place), bytes);
  rows.byte(quote);
}

/** Where a field is; from and to are −1 where it is absent. */
export function rangeOf({ from, to }: Layout, place: number): { readonly from: number; readonly to: number } {
  return { from: from[place] ?? -1, to: to[place] ?? -1 };
}

/** Where a field begins; −1 where it is absent. */
export function startOf({ from }: Layout, place: number): number {
  return from[place] ?? -1;
}

/** Of each message in a repeated field what `write` makes of it, as a JSON array. */
export function writeEach(
  { rows, reader }: Copy,
  { from, to, of }: { from: number; to: number; of: Layout },
  write: () => void,
): void {
  rows.byte(0x5b);
  for (let at = from; at < to; ) {
    if (at > from) rows.byte(comma);
    const end = reader.next(at);
    reader.scan(of, reader.at, end);
    write();
    at = end;
  }
  rows.byte(0x5d);
}
