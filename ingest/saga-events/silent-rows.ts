import type { StartHint } from "#ingest/saga-starts.ts";
import type { SplitLine } from "./saga-event-row.ts";

/** An event as a row, with what it tells of its saga's start. */
export interface EventRow {
  readonly hint: StartHint;
  readonly row: SplitLine;
}

const pieceBytes = 1 << 18;
// As long as what takes its place.
const noStart = "0".repeat(13);

interface Line {
  readonly hint: StartHint;
  readonly piece: Buffer;
  readonly from: number;
  readonly to: number;
  /** Where the start is to be written. */
  readonly startAt: number;
}

/**
 * Rows of events that do not say when their saga began, until it is known. They are kept as bytes, outside the heap: as
 * objects they take twice as much, and all of a chunk may be such.
 */
export class SilentRows {
  readonly #lines: Line[] = [];
  #piece = Buffer.alloc(0);
  #at = 0;

  add({ hint, row: { before, after } }: EventRow): void {
    const line = `${before}${noStart}${after}`;
    const length = Buffer.byteLength(line);
    if (this.#at + length > this.#piece.length) {
      this.#piece = Buffer.allocUnsafeSlow(Math.max(pieceBytes, length));
      this.#at = 0;
    }
    this.#piece.write(line, this.#at);
    const to = this.#at + length;
    this.#lines.push({ hint, piece: this.#piece, from: this.#at, to, startAt: to - after.length - noStart.length });
    this.#at = to;
  }

  /** The sagas that they are of. */
  get sagas(): Set<string> {
    return new Set(this.#lines.map(({ hint }) => hint.correlationid));
  }

  /** Each as a line, in their order; `startOf` says what it is stored under, ms since the epoch, of 13 digits. */
  *lines(startOf: (hint: StartHint) => number): Generator<Buffer> {
    for (const { hint, piece, from, to, startAt } of this.#lines) {
      piece.write(String(startOf(hint)), startAt);
      yield piece.subarray(from, to);
    }
  }
}
