import type { Message } from "#ingest/message.ts";
import type { Row, TableRows } from "#ingest/table-rows.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import { RowBytes } from "./row-bytes.ts";

const lineEnd = 0x0a;

/** Rows of one table as they are written, message by message. */
export class Sheet implements TableRows {
  readonly table: InsertedTable;
  readonly bytes = new RowBytes();
  readonly #messages: { readonly message: Message; readonly count: number }[] = [];
  count = 0;

  constructor(table: InsertedTable) {
    this.table = table;
  }

  /** Notes whose rows the last `count` ones in `bytes` are. */
  wrote(message: Message, count: number): void {
    if (count > 0) this.#messages.push({ message, count });
    this.count += count;
  }

  add(message: Message, line: string): void {
    this.bytes.reserve(line.length * 3);
    this.bytes.utf8(line);
    this.wrote(message, 1);
  }

  body(): readonly Uint8Array[] {
    return this.bytes.pieces();
  }

  each(): readonly Row[] {
    const messages = this.#messages.flatMap(({ message, count }) => Array.from({ length: count }, () => message));
    const lines = this.body().flatMap((piece) => [...linesOf(piece)]);
    return messages.map((message, index) => ({ message, line: lines[index] ?? "" }));
  }
}

function* linesOf(piece: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < piece.length; ) {
    const to = piece.indexOf(lineEnd, from) + 1;
    yield piece.subarray(from, to);
    from = to;
  }
}
