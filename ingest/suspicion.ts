import type { StoreClient } from "#store/clickhouse/client.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import { isKeptRowRead, tryBlock } from "#store/clickhouse/inserts/try-block.ts";
import { classifyError } from "./classify-error.ts";
import { findFaulty, type Look, type Proof, provenFaulty } from "./faulty-rows.ts";
import { type Row, tableRows } from "./table-rows.ts";

/** The store cannot read these rows of a block, by their places, for as long as it was tried; it reads the others. */
export class RowsFaulty extends Error {
  readonly places: readonly number[];

  constructor(places: readonly number[], cause: unknown) {
    super("The store cannot read the rows", { cause });
    this.places = places;
  }
}

export interface SuspicionPorts {
  readonly client: StoreClient;
  readonly proof: Proof;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** With more than so many in one block it is hardly the rows. */
const mostFaulty = 100;

/**
 * Whether it is some rows of a block for whose sake the store refuses it, where its code does not say so. The store is only
 * asked to read rows, and keeps nothing of them: neither a table, nor a view, nor another node has a part in that, so that
 * what ails any of those brings no row under suspicion.
 */
export class Suspicion {
  readonly #table: InsertedTable;
  readonly #each: () => readonly Row[];
  readonly #ports: SuspicionPorts;
  readonly #seen: Look[] = [];

  constructor(table: InsertedTable, each: () => readonly Row[], ports: SuspicionPorts) {
    this.#table = table;
    this.#each = each;
    this.#ports = ports;
  }

  /** Looks once more, now that the block was refused again. Throws `RowsFaulty` once it is proven. */
  readonly look = async (refusal: unknown): Promise<void> => {
    const { nowMs, proof } = this.#ports;
    const faulty = await this.#find().catch(() => undefined);
    this.#seen.push({ atMs: nowMs(), faulty });
    const proven = provenFaulty(this.#seen, proof);
    if (proven) throw new RowsFaulty(proven, refusal);
  };

  async #find(): Promise<readonly number[] | undefined> {
    const { client, signal } = this.#ports;
    const rows = this.#each();
    if (await this.#isRead(rows)) return [];
    const isRead = async (from: number, to: number) => {
      signal.throwIfAborted();
      return to - from < rows.length && (await this.#isRead(rows.slice(from, to)));
    };
    // A store that is not well reads nothing: it is not asked for each row.
    const isWell = await isKeptRowRead(client, this.#table);
    const faulty = await findFaulty(rows.length, { most: mostFaulty, isRead });
    return isWell || (faulty && faulty.length < rows.length) ? faulty : undefined;
  }

  async #isRead(rows: readonly Row[]): Promise<boolean> {
    const { table, format, body } = tableRows(this.#table, rows);
    try {
      await tryBlock(this.#ports.client, { table, format, body: body(), token: "tried" });
      return true;
    } catch (error) {
      const { kind } = classifyError(error);
      if (kind === "split" || kind === "unknown") return false;
      throw error;
    }
  }
}
