import type { Block } from "#store/clickhouse/inserts/insert-block.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";

const longestMs = 600_000;
const keptBytes = 1_000_000;

/**
 * What the store took from this worker lately. What it took it takes again, if it is well; and that is harmless for as long
 * as it knows the token.
 */
export class Taken {
  readonly #counts = new Map<InsertedTable, number>();
  readonly #last = new Map<InsertedTable, { readonly block: Block; readonly atMs: number }>();
  #keptForMs = 0;

  /** How long the store is sure to know a token. */
  knownFor(ms: number): void {
    this.#keptForMs = Math.min(ms / 2, longestMs);
  }

  add(table: InsertedTable, nowMs: number, block?: Block): void {
    this.#counts.set(table, this.count(table) + 1);
    // One that is taken again is no younger for it.
    if (!block || block.token === this.#last.get(table)?.block.token) return;
    const bytes = block.body.reduce((sum, piece) => sum + piece.byteLength, 0);
    if (bytes <= keptBytes) this.#last.set(table, { block: { ...block, body: block.body.map(copy) }, atMs: nowMs });
  }

  /** How many blocks of the table were taken. */
  count(table: InsertedTable): number {
    return this.#counts.get(table) ?? 0;
  }

  /** The last of the table that can be sent again. */
  witness(table: InsertedTable, nowMs: number): Block | undefined {
    const last = this.#last.get(table);
    return last && nowMs - last.atMs <= this.#keptForMs ? last.block : undefined;
  }
}

/** The memory of a body is given back once it is stored. */
const copy = (piece: Uint8Array) => Uint8Array.from(piece);
