import type { PlacedTable } from "#store/clickhouse/queries/stored-offsets.ts";
import type { Encode } from "./encoded.ts";
import type { SourceOptions } from "./kafka-source.ts";
import type { Limits } from "./plan-chunk.ts";

/** A topic read for one purpose. */
export interface Reading {
  /** What metrics and `/readyz` call it; the topic itself, but where a topic is read for a second purpose. */
  readonly name: string;
  readonly topic: string;
  readonly encode: Encode;
  /** Whether it holds saga events, one a message. */
  readonly isOfEvents: boolean;
  /** Where what comes of its messages goes, and of no other reading of the topic. */
  readonly tables: readonly PlacedTable[];
  readonly ageMs: number;
  readonly limits: Limits;
  /** How many of its chunks are stored at the same time. */
  readonly insertsAtOnce: number;
  /** Who gets which partitions, where that is not left to the client. */
  readonly assigners?: SourceOptions["assigners"];
  /** Whether the topic is another's, and may come later or never. */
  readonly mayBeAbsent?: boolean;
}
