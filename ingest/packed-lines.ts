import { packed } from "#store/clickhouse/inserts/compressed-body.ts";
import type { PackedBody } from "#store/clickhouse/inserts/insert-block.ts";
import { Strip } from "./native/strip.ts";

/** Lines that are compressed as they come: of what is not yet, little is held. */
export class PackedLines {
  /** To write a line on. */
  readonly strip = new Strip();
  readonly #pieceBytes: number;
  readonly #packed: Uint8Array[] = [];
  #bytes = 0;

  /** So much is compressed at a time. */
  constructor(pieceBytes: number) {
    this.#pieceBytes = pieceBytes;
  }

  /** A whole line was written. */
  added(): void {
    if (this.strip.at >= this.#pieceBytes) this.#pack();
  }

  #pack(): void {
    this.#packed.push(packed(this.strip.written()));
    this.#bytes += this.strip.at;
    this.strip.at = 0;
  }

  /** All of them. */
  take(): PackedBody {
    if (this.strip.at > 0) this.#pack();
    return { packed: this.#packed, bytes: this.#bytes };
  }
}
