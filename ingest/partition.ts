import type { Message } from "./message.ts";
import { type Limits, planChunk, type Range } from "./plan-chunk.ts";
import type { Chunk } from "./store-chunk.ts";

/** What of a topic-partition has been read and not yet stored, for as long as it is ours. */
export class Partition {
  /** The range that must be stored next, exactly: written down by us or by whoever had the partition before. */
  #planned: { range: Range; written: boolean; tried: boolean } | undefined;
  #waiting: Message[] = [];
  #bytes = 0;
  #reached = -1n;
  /** The first offset that is not accounted for. */
  #next: bigint;

  /** `next` is the first offset to read. */
  constructor(written: Range | undefined, next: bigint) {
    this.#planned = written && { range: written, written: true, tried: true };
    this.#next = next;
  }

  /** What is read and not stored. */
  get held(): { readonly messages: number; readonly bytes: number; readonly first: Message | undefined } {
    return { messages: this.#waiting.length, bytes: this.#bytes, first: this.#waiting[0] };
  }

  /** Whether the next chunk is decided already. */
  get isPlanned(): boolean {
    return this.#planned !== undefined;
  }

  /** Whether the next chunk was written down by another worker, and is not read to its end. */
  get isOwed(): boolean {
    return this.#planned !== undefined && this.#reached < this.#planned.range.max;
  }

  /** Whether all that was read and is not accounted for are offsets that hold nothing to store. */
  get isPassable(): boolean {
    return this.#waiting.length === 0 && !this.isOwed && this.#reached >= this.#next;
  }

  /** Adds what was read, up to offset `reached`. What is read a second time is left out. */
  add(messages: readonly Message[], reached: bigint): void {
    for (const message of messages) {
      if (message.offset <= this.#reached) continue;
      this.#waiting.push(message);
      this.#bytes += message.bytes;
    }
    if (reached > this.#reached) this.#reached = reached;
  }

  /**
   * The next chunk, the same one until it is `done`; undefined to read on first. `nowMs` dates a new range. A range begins
   * where the one before ended, so that what the log leaves out is within one.
   */
  next(limits: Limits, nowMs: number): Omit<Chunk, "topic" | "partition"> | undefined {
    if (this.isOwed) return undefined;
    const count = planChunk(this.#waiting, { written: this.#planned?.range, reached: this.#reached, limits });
    const messages = this.#waiting.slice(0, count);
    const last = messages.at(-1)?.offset ?? (this.isPassable ? this.#reached : undefined);
    if (last !== undefined)
      this.#planned ??= { range: { min: this.#next, max: last, atMs: nowMs }, written: false, tried: false };
    const planned = this.#planned;
    if (!planned) return undefined;
    this.#planned = { ...planned, tried: true };
    const { min, max } = planned.range;
    // Of a range that was written down the log may have lost the beginning: that is a gap.
    const lost = this.#next > min ? this.#next - min : 0n;
    return { ...planned, messages, skipped: Number(max + 1n - min - lost) - messages.length };
  }

  /** The chunk that `next` gave is stored and its offset committed. */
  done(range: Range): void {
    this.#waiting = this.#waiting.filter((message) => message.offset > range.max);
    this.#bytes = this.#waiting.reduce((sum, message) => sum + message.bytes, 0);
    this.#planned = undefined;
    this.#next = range.max + 1n;
  }
}
