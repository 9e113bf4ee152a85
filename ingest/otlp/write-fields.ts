import type { Column } from "#ingest/native/columns.ts";
import type { Strip } from "#ingest/native/strip.ts";
import type { Layout } from "./layout.ts";
import type { Reader } from "./reader.ts";

/** A field that is text; empty where it is absent. */
export function writeText(strip: Strip, reader: Reader, { layout, place }: { layout: Layout; place: number }): void {
  strip.text(reader.bytes, layout.from[place] ?? -1, layout.to[place] ?? -1);
}

/** Where a field is; from and to are −1 where it is absent. */
export function rangeOf({ from, to }: Layout, place: number): { readonly from: number; readonly to: number } {
  return { from: from[place] ?? -1, to: to[place] ?? -1 };
}

/** Where a field begins; −1 where it is absent. */
export function startOf({ from }: Layout, place: number): number {
  return from[place] ?? -1;
}

/** Scans each message in a repeated field, `write`s it, and ends the lists of these columns with as many items. */
export function writeEach(
  reader: Reader,
  { from, to, of, lists }: { from: number; to: number; of: Layout; lists: readonly Column[] },
  write: () => void,
): void {
  let count = 0;
  for (let at = from; at < to; count++) {
    at = reader.next(at);
    reader.scan(of, reader.at, at);
    write();
  }
  for (const list of lists) list.endList(count);
}
