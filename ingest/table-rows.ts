import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import type { Message } from "./message.ts";

/** A row, with its line end, and the message that it came from. */
export interface Row {
  readonly line: string | Uint8Array;
  readonly message: Message;
}

/** Rows of one table as JSONCompactEachRow. */
export interface TableRows {
  readonly table: InsertedTable;
  readonly count: number;
  /** All of them, in pieces of whole lines. */
  body(): readonly Uint8Array[];
  /** One by one: for where the store does not take them together. */
  each(): readonly Row[];
}

/** Rows that were made one by one. */
export function tableRows(table: InsertedTable, rows: readonly Row[]): TableRows {
  return {
    table,
    count: rows.length,
    body: () => {
      const isText = rows.every(({ line }) => typeof line === "string");
      if (isText) return [Buffer.from(rows.map(({ line }) => line).join(""))];
      return [Buffer.concat(rows.map(({ line }) => (typeof line === "string" ? Buffer.from(line) : line)))];
    },
    each: () => rows,
  };
}
