import type { LogEnds, Standing } from "#lib/kafkajs-generation.ts";
import { type Range, readRange, writeRange } from "./plan-chunk.ts";

/**
 * Why messages were not stored: the log's retention took them before they were read, or while a chunk with them was being
 * stored (which may have come to its end); the topic was made anew; or its log was cut back while a chunk was being stored
 * of what was cut off.
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

/** What we know of a partition that has been ours without a break, in this term or in those before. */
export interface Known {
  /** The first offset that is not stored. */
  readonly next: bigint;
  /** The chunk that was being stored; nobody knows how much of it is. */
  readonly range: Range | undefined;
  /** The offset after the last that the log is known to have held. */
  readonly end: bigint;
  /** The topic's id then, where Kafka gives one. */
  readonly logId: string | undefined;
}

/** What the store holds of a partition. */
export interface Held {
  /** The offset after the last that is stored. */
  readonly next: bigint;
  /** Whether it is of the log that is there now: `another` where the topic was made anew, `unknown` where Kafka gives topics no ids. */
  readonly of: "same" | "another" | "unknown";
}

/** Whether the group's offset says where to begin; where it does not, the store is asked what it holds. */
export function saysWhere({ offset }: Standing, { high }: LogEnds): boolean {
  return offset !== undefined && offset <= high;
}

/**
 * Of two groups that stored a partition one after the other, where the one stands that came further: at the same offset the one
 * that was storing a chunk, and of two the later one.
 */
export function furthest(one: Standing | undefined, other: Standing): Standing {
  if (one?.offset === undefined) return other;
  if (other.offset === undefined) return one;
  if (one.offset !== other.offset) return one.offset > other.offset ? one : other;
  const sinceMs = ({ metadata }: Standing) => readRange(metadata, other.offset ?? 0n)?.atMs ?? 0;
  return sinceMs(other) > sinceMs(one) ? other : one;
}

/**
 * Where to go on from: where our group stands, or where another one that stored the partition before has left it, if that is further.
 * What the store holds beyond it was stored by somebody else since; a place of a log that was made anew since is none.
 */
export function standingOf(
  own: Standing,
  other: Standing | undefined,
  { log, held }: { log: LogEnds; held: Held | undefined },
): Standing {
  if (other?.offset === undefined || other.offset > log.high || held?.of === "another") return own;
  const range = readRange(other.metadata, other.offset);
  const next = range ? range.max + 1n : other.offset;
  return held && next < held.next ? own : furthest(own, other);
}

interface Knowledge {
  /** The topic's id now. */
  readonly logId?: string | undefined;
  readonly known: Known | undefined;
  /** Undefined where the store holds nothing, or was not asked. */
  readonly held: Held | undefined;
  /** Dates a gap that is new. */
  readonly nowMs: number;
}

/** Where to begin, from what the group holds, what the log does, and what the store does. */
export function beginAt(standing: Standing, log: LogEnds, knowledge: Knowledge): Beginning {
  const { known, held, nowMs } = knowledge;
  const { offset } = standing;
  if (offset === undefined && isSameLog(knowledge) && known) return beginWithKnown(known, log, knowledge);
  if (offset === undefined || isOfOldLog(knowledge)) return beginWithoutOffset(log, knowledge);
  // What was written down of another log says nothing of this one.
  const metadata = held?.of === "another" ? null : standing.metadata;
  const written = readGap(metadata);
  if (written) return { gap: written, at: offset };
  const range = readRange(metadata, offset);
  if (offset > log.high) return beginBeyond(log, { range, held, nowMs });
  if (offset >= log.low) return { at: offset, ...(range ? { range } : {}) };
  if (!range) return after(offset, log, nowMs);
  const gap = (to: bigint) => ({ from: offset, to, reason: "retention_in_chunk" as const, atMs: range.atMs });
  // What is left of the chunk goes in under its token: that is kept out if the whole of it is in already.
  if (range.max >= log.low) return { gap: gap(log.low - 1n), at: log.low, range };
  return { gap: gap(range.max), at: range.max + 1n };
}

const isSameLog = ({ logId, known }: Knowledge): boolean => known?.logId !== undefined && known.logId === logId;

/** Until Kafka comes to take it away, the group's offset of a topic that was made anew is the old one's. */
const isOfOldLog = (knowledge: Knowledge): boolean =>
  knowledge.held?.of === "another" && knowledge.known?.logId !== undefined && !isSameLog(knowledge);

/**
 * Whether the group's offset may yet be taken away: nobody has read this log before, and whoever has just come cannot tell
 * an offset of the old log from one that somebody set.
 */
export const mayBeOfOldLog = (standing: Standing, log: LogEnds, knowledge: Knowledge): boolean =>
  saysWhere(standing, log) && knowledge.held?.of === "another" && !isOfOldLog(knowledge);

/** As if the group still held what we had told it. */
function beginWithKnown({ next, range }: Known, log: LogEnds, knowledge: Knowledge): Beginning {
  const standing = { offset: range?.min ?? next, metadata: range ? writeRange(range) : null };
  return beginAt(standing, log, { ...knowledge, known: undefined });
}

/** Kafka forgets a group's offsets with the topic, and also where the group had no member for some days or was deleted. */
function beginWithoutOffset(log: LogEnds, { known, held, nowMs }: Knowledge): Beginning {
  // While we lived the group lived, so the topic was made anew.
  if (known && held?.of !== "same") {
    const lost = known.end > known.next;
    const gap = lost && { from: known.next, to: known.end - 1n, reason: "topic_remade" as const, atMs: nowMs };
    return { at: log.low, ...(gap ? { gap } : {}) };
  }
  // A log without an id that is shorter than what is stored of it is another.
  const isAnother = held?.of === "another" || (held?.of === "unknown" && held.next > log.high);
  if (!held || isAnother) return { at: log.low };
  return after(least(held.next, log.high), log, nowMs);
}

/**
 * A log that ends before the group's offset was cut, as by a broker that was behind and became its leader: what was cut off
 * is stored, but for what was in hand. Or a person moved the offset.
 */
function beginBeyond(
  log: LogEnds,
  { range, held, nowMs }: { range: Range | undefined; held: Held | undefined; nowMs: number },
): Beginning {
  if (!held || held.of === "another") return { at: log.low };
  const at = least(held.next, log.high);
  if (!range || held.next > range.max) return after(at, log, nowMs);
  return { gap: { from: range.min, to: range.max, reason: "log_cut", atMs: range.atMs }, at };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** From `next` on, or from where the log begins where retention passed it. */
function after(next: bigint, { low }: LogEnds, nowMs: number): Beginning {
  if (next >= low) return { at: next };
  return { gap: { from: next, to: low - 1n, reason: "retention", atMs: nowMs }, at: low };
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
