import type { LogEnds, Standing } from "./generation.ts";
import { type Range, readRange } from "./plan-chunk.ts";

/**
 * Why messages were not stored: the log's retention took them before they were read, or while a chunk with them was being
 * stored (which may have come to its end); the topic was made anew; or its log was cut back below what had been read.
 */
export const gapReasons = ["retention", "retention_in_chunk", "topic_remade", "log_cut"] as const;
export type GapReason = (typeof gapReasons)[number];

/** Offsets of one partition that will never be stored. */
export interface Gap {
  readonly from: bigint;
  readonly to: bigint;
  readonly reason: GapReason;
  /** When it was noticed, ms since the epoch. */
  readonly atMs: number;
}

/** How to begin with a partition. */
export interface Beginning {
  /** Recorded first. */
  readonly gap?: Gap;
  /** Where to read from. */
  readonly at: bigint;
  /** What has to be stored first, exactly. */
  readonly range?: Range;
}

/** What an earlier term of ours knew: the first offset that was not stored, and the one after the last that was there. */
export interface Known {
  readonly next: bigint;
  readonly end: bigint;
}

/** Where to begin, from what the group holds and what the log does. `nowMs` dates a gap that is new. */
export function beginAt(
  { offset, metadata }: Standing,
  { low, high }: LogEnds,
  { known, nowMs }: { known: Known | undefined; nowMs: number },
): Beginning {
  if (offset === undefined) {
    // Kafka forgets a group's offsets with the topic, and with nothing else while the group lives.
    const lost = known && known.end > known.next;
    const gap = lost && { from: known.next, to: known.end - 1n, reason: "topic_remade" as const, atMs: nowMs };
    return { at: low, ...(gap ? { gap } : {}) };
  }
  const written = readGap(metadata);
  if (written) return { gap: written, at: offset };
  if (offset > high) return { gap: { from: high, to: offset - 1n, reason: "log_cut", atMs: nowMs }, at: low };
  const range = readRange(metadata, offset);
  if (offset >= low) return { at: offset, ...(range ? { range } : {}) };
  if (!range) return { gap: { from: offset, to: low - 1n, reason: "retention", atMs: nowMs }, at: low };
  const gap = (to: bigint) => ({ from: offset, to, reason: "retention_in_chunk" as const, atMs: range.atMs });
  // What is left of the chunk goes in under its token: that is kept out if the whole of it is in already.
  if (range.max >= low) return { gap: gap(low - 1n), at: low, range };
  return { gap: gap(range.max), at: range.max + 1n };
}

/** A gap as the metadata of an offset commit, until it is recorded. */
export function writeGap({ from, to, reason, atMs }: Gap): string {
  return `gap 1 ${from} ${to} ${atMs} ${reason}`;
}

export function readGap(metadata: string | null): Gap | undefined {
  const match = /^gap 1 (\d{1,19}) (\d{1,19}) (\d{1,15}) (\w+)$/.exec(metadata ?? "");
  if (!match) return undefined;
  const [, from = "", to = "", at = "", name = ""] = match;
  const reason = gapReasons.find((one) => one === name);
  return reason && { from: BigInt(from), to: BigInt(to), atMs: Number(at), reason };
}
