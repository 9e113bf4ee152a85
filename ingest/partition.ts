import type { Message } from "./message.ts";
import { type Limits, planChunk, type Range } from "./plan-chunk.ts";

/** What of a topic-partition has been read and not yet stored, for as long as it is ours. */
export class Partition {
  /** The range that must be stored next, exactly: written down by us or by whoever had the partition before. */
  #planned: { range: Range; written: boolean } | undefined;
  #waiting: Message[] = [];
  #bytes = 0;
  #reached = -1n;

  constructor(written: Range | undefined) {
    this.#planned = written && { range: written, written: true };
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

  /** Adds what was read, up to offset `reached`. What is read a second time is left out. */
  add(messages: readonly Message[], reached: bigint): void {
    for (const message of messages) {
      if (message.offset <= this.#reached) continue;
      this.#waiting.push(message);
      this.#bytes += message.bytes;
    }
    if (reached > this.#reached) this.#reached = reached;
  }

  /** The next chunk, the same one until it is `done`; undefined to read on first. `nowMs` dates a new range. */
  next(limits: Limits, nowMs: number): { range: Range; written: boolean; messages: readonly Message[] } | undefined {
    const count = planChunk(this.#waiting, { written: this.#planned?.range, reached: this.#reached, limits });
    const messages = this.#waiting.slice(0, count);
    const [first] = messages;
    const last = messages.at(-1);
    if (!first || !last) {
      // The log no longer holds what was to be stored here.
      if (this.#planned && this.#reached >= this.#planned.range.max) this.#planned = undefined;
      else return undefined;
      return this.next(limits, nowMs);
    }
    this.#planned ??= { range: { min: first.offset, max: last.offset, atMs: nowMs }, written: false };
    return { ...this.#planned, messages };
  }

  /** The chunk that `next` gave is stored and its offset committed. */
  done(range: Range): void {
    this.#waiting = this.#waiting.filter((message) => message.offset > range.max);
    this.#bytes = this.#waiting.reduce((sum, message) => sum + message.bytes, 0);
    this.#planned = undefined;
  }
}
