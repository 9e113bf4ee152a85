import type { Block } from "#store/clickhouse/inserts/insert-block.ts";
import type { Dead } from "./encoded.ts";
import { RowsRefused } from "./retry.ts";
import { type TableRows, tableRows } from "./table-rows.ts";

/** Tries for ever, but for `RowsRefused`. */
export type Insert = (block: Block) => Promise<void>;

/**
 * Inserts rows under a token. Where the store refuses them, halves them, each half under a token of its own, down to
 * the rows at fault, which it returns. The same rows take the same way on every try.
 */
export async function insertRows(rows: TableRows, token: string, insert: Insert): Promise<Dead[]> {
  if (rows.count === 0) return [];
  try {
    await insert({ table: rows.table, token, format: rows.format, body: rows.body() });
    rows.release?.();
    return [];
  } catch (error) {
    if (!(error instanceof RowsRefused)) throw error;
    const each = rows.each();
    const message = each[0]?.message;
    if (each.length === 1 && message) {
      const code = error.cause instanceof Error && "type" in error.cause ? String(error.cause.type) : "an error";
      const death = { reason: "store_refused", detail: `The store refused the row with ${code}.` } as const;
      // A message of telemetry has many rows.
      return [{ message, death, isPart: rows.table !== "saga_events" }];
    }
    const half = Math.ceil(each.length / 2);
    return [
      ...(await insertRows(tableRows(rows.table, each.slice(0, half)), `${token}-a`, insert)),
      ...(await insertRows(tableRows(rows.table, each.slice(half)), `${token}-b`, insert)),
    ];
  }
}
