import type { Message, MessageBatch, Messages } from "./message.ts";
import { type Limits, planChunk, type Range } from "./plan-chunk.ts";
import type { Chunk } from "./store-chunk.ts";

/** What of a topic-partition has been read and not yet stored, for as long as it is ours. */
export class Partition {
  /** The range that must be stored next, exactly: written down by us or by whoever had the partition before. */
  #planned: { range: Range; written: boolean; tried: boolean } | undefined;
  #waiting: Waiting[] = [];
  #messages = 0;
  #bytes = 0;
  #reached: bigint;
  /** The first offset that is not accounted for. */
  #next: bigint;

  /** `next` is the first offset to read. */
  constructor(written: Range | undefined, next: bigint) {
    this.#planned = written && { range: written, written: true, tried: true };
    this.#next = next;
    // A batch that reaches to it may begin before it, with what the log has lost or what is stored.
    this.#reached = next - 1n;
  }

  /** What is read and not stored. */
  get held(): { readonly messages: number; readonly bytes: number; readonly first: Message | undefined } {
    const [first] = this.#waiting;
    return { messages: this.#messages, bytes: this.#bytes, first: first?.batch.at(first.from) };
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
  add(batches: readonly MessageBatch[], reached: bigint): void {
    for (const batch of batches) {
      const from = firstAfter(this.#reached, batch, 0);
      if (from === batch.count) continue;
      this.#waiting.push({ batch, from });
      this.#count(batch, from, batch.count, 1);
      this.#reached = batch.last;
    }
    if (reached > this.#reached) this.#reached = reached;
  }

  /**
   * The next chunk, the same one until it is `done`; undefined to read on first. `nowMs` dates a new range. A range begins
   * where the one before ended, so that what the log leaves out is within one.
   */
  next(limits: Limits, nowMs: number): Omit<Chunk, "topic" | "partition"> | undefined {
    if (this.isOwed) return undefined;
    const count = planChunk(messagesOf(this.#waiting), {
      written: this.#planned?.range,
      reached: this.#reached,
      limits,
    });
    const messages = new Front(this.#waiting, count);
    const last = messages.last ?? (this.isPassable ? this.#reached : undefined);
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
    this.#waiting = this.#waiting.flatMap(({ batch, from }) => {
      const left = firstAfter(range.max, batch, from);
      this.#count(batch, from, left, -1);
      if (left < batch.count) return [{ batch, from: left }];
      batch.release?.();
      return [];
    });
    this.#planned = undefined;
    this.#next = range.max + 1n;
  }

  /** Adds the messages of a batch to the sums, or takes them away. */
  #count(batch: MessageBatch, from: number, to: number, sign: 1 | -1): void {
    this.#messages += sign * (to - from);
    for (let index = from; index < to; index += 1) this.#bytes += sign * batch.bytesAt(index);
  }
}

/** A batch of which the messages from there on wait. */
interface Waiting {
  readonly batch: MessageBatch;
  readonly from: number;
}

/** So many messages at the front of what waits. */
class Front implements Messages {
  readonly length: number;
  readonly #parts: readonly { readonly batch: MessageBatch; readonly from: number; readonly to: number }[];

  constructor(waiting: readonly Waiting[], count: number) {
    let left = count;
    this.length = count;
    this.#parts = waiting.flatMap(({ batch, from }) => {
      const to = Math.min(batch.count, from + left);
      left -= to - from;
      return to > from ? [{ batch, from, to }] : [];
    });
  }

  /** The last one's offset. */
  get last(): bigint | undefined {
    const last = this.#parts.at(-1);
    return last?.batch.offsetAt(last.to - 1);
  }

  *[Symbol.iterator](): Generator<Message> {
    for (const { batch, from, to } of this.#parts) for (let index = from; index < to; index += 1) yield batch.at(index);
  }
}

function* messagesOf(waiting: readonly Waiting[]): Generator<Message> {
  for (const { batch, from } of waiting) for (let index = from; index < batch.count; index += 1) yield batch.at(index);
}

/** The index of the first message past an offset, from `from` on; their count where there is none. */
function firstAfter(offset: bigint, batch: MessageBatch, from: number): number {
  if (batch.last <= offset) return batch.count;
  let index = from;
  while (batch.offsetAt(index) <= offset) index += 1;
  return index;
}
