import type { Strip } from "#ingest/native/strip.ts";
import type { Layout } from "./layout.ts";
import type { Nanos } from "./nanos.ts";

/**
 * Goes through a request once, from field to field, without making objects of it; what a field holds has to be read before the next
 * one is asked for. Methods throw where the request is not as it should be, or out of the ordinary.
 */
export interface Reader {
  /** How many fields were passed that are in no layout. */
  readonly unknown: number;
  /** Begins with a request, whose fields are next. */
  open(bytes: Buffer, layout: Layout): void;
  /** Nothing may follow. */
  close(): void;
  /** Enters a message, whose fields are next. */
  enter(layout: Layout): void;
  /** The place of the next field that is in the layout; -1 where there is none, and the message is left. */
  next(layout: Layout): number;
  /** Whether a repeated field has a first message, and then another one. */
  isList(): boolean;
  hasMore(): boolean;
  text(strip: Strip): void;
  number(): number;
  flags(): number;
  time(into: Nanos): void;
  /** An id of so many bytes as a text in hex, empty where it is empty or all zeros; whether it is there. */
  id(strip: Strip, bytes: 8 | 16): boolean;
  /** An attribute, where it is as nearly all are; false, and nothing is passed, where it has to be entered. */
  pair(keys: Strip, values: Strip): boolean;
  /** An `AnyValue` as a text, the same as `anyText` of it. */
  any(strip: Strip): void;
}
