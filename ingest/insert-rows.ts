import type { Block } from "#store/clickhouse/inserts/insert-block.ts";
import type { Dead, TableRows } from "./encoded.ts";
import { RowsRefused } from "./retry.ts";

/** Tries for ever, but for `RowsRefused`. */
export type Insert = (block: Block) => Promise<void>;

/**
 * Inserts rows under a token. Where the store refuses them, halves them, each half under a token of its own, down to
 * the rows at fault, which it returns. The same rows take the same way on every try.
 */
export async function insertRows(rows: TableRows, token: string, insert: Insert): Promise<Dead[]> {
  if (rows.lines.length === 0) return [];
  try {
    await insert({ table: rows.table, token, body: Buffer.from(rows.lines.join("")) });
    return [];
  } catch (error) {
    if (!(error instanceof RowsRefused)) throw error;
    const [message] = rows.messages;
    if (rows.lines.length === 1 && message) {
      const code = error.cause instanceof Error && "type" in error.cause ? String(error.cause.type) : "an error";
      const death = { reason: "store_refused", detail: `The store refused the row with ${code}.` } as const;
      // A message of telemetry has many rows.
      return [{ message, death, isPart: rows.table !== "saga_events" }];
    }
    const half = Math.ceil(rows.lines.length / 2);
    return [
      ...(await insertRows(slice(rows, 0, half), `${token}-a`, insert)),
      ...(await insertRows(slice(rows, half), `${token}-b`, insert)),
    ];
  }
}

function slice({ table, lines, messages }: TableRows, from: number, to?: number): TableRows {
  return { table, lines: lines.slice(from, to), messages: messages.slice(from, to) };
}
