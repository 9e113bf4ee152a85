import type { Strip } from "#ingest/native/strip.ts";
import type { Layout } from "./layout.ts";
import type { Nanos } from "./nanos.ts";

/**
 * Finds its way in a request without making objects of it. What it calls from and to is its own; only of texts they are
 * places in `bytes`. Methods throw where the request is not as it should be, or out of the ordinary.
 */
export interface Reader {
  readonly bytes: Uint8Array;
  /** Where the item is whose end `next` told. */
  readonly at: number;
  /** Whether the request holds nothing, be it known or not. */
  readonly isEmpty: boolean;
  /** Begins with a request, whose own fields it finds. */
  open(bytes: Buffer, layout: Layout): void;
  /** Finds the fields of the message from here to there. */
  scan(layout: Layout, from: number, to: number): void;
  /** The end of the message that is next in a repeated field. */
  next(at: number): number;
  /** The number there; 0 where `at` is −1, as of the next two. */
  number(at: number): number;
  flags(at: number): number;
  time(at: number, into: Nanos): void;
  /** Whether there is no id, or one that is all zeros. */
  isNoId(from: number, to: number): boolean;
  /** An id of so many bytes as a text in hex; empty where it is absent, empty or all zeros. */
  writeId(strip: Strip, range: { readonly from: number; readonly to: number }, bytes: 8 | 16): void;
  /** An `AnyValue` as a text, the same as `anyText` of it. */
  writeAny(strip: Strip, from: number, to: number): void;
}
