import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import type { Death, Message } from "./message.ts";

/** Rows of one table, and the message that each came from. */
export interface TableRows {
  readonly table: InsertedTable;
  /** JSONCompactEachRow, each line with its line end. */
  readonly lines: readonly string[];
  readonly messages: readonly Message[];
}

/** What cannot be stored as rows: `message.value` are the bytes to keep. */
export interface Dead {
  readonly message: Message;
  readonly death: Death;
  /** True where only a record of the message died, and the others live. */
  readonly isPart?: boolean;
}

/** What a chunk's messages come to; the same messages come to the same on every try. */
export interface Encoded {
  readonly rows: readonly TableRows[];
  readonly dead: readonly Dead[];
  /** How many messages a mapping leaves aside. */
  readonly ignored?: number;
}

export type Encode = (messages: readonly Message[], signal: AbortSignal) => Promise<Encoded>;
