import type { Block } from "#store/clickhouse/inserts/insert-block.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import type { Message } from "./message.ts";

/** A row as a line of JSONCompactEachRow, and the message that it came from. */
export interface Row {
  readonly line: string | Uint8Array;
  readonly message: Message;
}

/** Rows of one table. */
export interface TableRows {
  readonly table: InsertedTable;
  readonly count: number;
  /** Where a table's rows go in by several inserts, which of them this is. */
  readonly share?: string;
  readonly format: NonNullable<Block["format"]>;
  /** All of them, in pieces of whole lines or blocks. */
  body(): Block["body"];
  /** One by one: for where the store does not take them together. */
  each(): readonly Row[];
}

/** Rows that were made one by one. */
export function tableRows(table: InsertedTable, rows: readonly Row[]): TableRows {
  return {
    table,
    count: rows.length,
    format: "JSONCompactEachRow",
    body: () => {
      const isText = rows.every(({ line }) => typeof line === "string");
      if (isText) return [Buffer.from(rows.map(({ line }) => line).join(""))];
      return [Buffer.concat(rows.map(({ line }) => (typeof line === "string" ? Buffer.from(line) : line)))];
    },
    each: () => rows,
  };
}
