import { z } from "zod";
import type { OtlpEncoding } from "#contracts/otlp/json.ts";
import type { Message } from "#ingest/message.ts";
import { writeLine } from "#ingest/native/line.ts";
import { Unusual } from "#ingest/native/unusual.ts";
import { rowsByDays } from "#ingest/rows-by-days.ts";
import type { TableRows } from "#ingest/table-rows.ts";
import { daysAnInsert } from "#store/clickhouse/inserts/saga-days.ts";
import { insertedColumns } from "#store/clickhouse/inserts/tables.ts";
import { dayOf } from "./fields.ts";
import type { NativeTable } from "./native-tables.ts";
import { type NativeTarget, nativeTargets } from "./native-target.ts";
import { RequestWriter } from "./request-writer.ts";

/** Rows of spans or of log records, as they are written message by message. What it needs it keeps for the next ones. */
export class NativeSheet {
  readonly #table: NativeTable;
  readonly #writer: RequestWriter;
  readonly #block: NativeTarget["block"];
  readonly #linesOf: (message: Message) => readonly string[];
  #messages: Message[] = [];
  #count = 0;

  /** `linesOf` reads a message the thorough way. */
  constructor(table: NativeTable, linesOf: (message: Message) => readonly string[]) {
    const target = nativeTargets[table]();
    this.#table = table;
    this.#linesOf = linesOf;
    this.#block = target.block;
    this.#writer = new RequestWriter(target);
  }

  /** Forgets whatever may be left of rows that came to nothing. */
  begin(): void {
    this.#block.clear();
    this.#messages = [];
    this.#count = 0;
  }

  /** Adds a message's rows the quick way; false where it is out of the ordinary. */
  isTaken(message: Message, value: Buffer, encoding: OtlpEncoding): boolean {
    const rows = this.#writer.write(message, value, encoding);
    if (rows === undefined) return false;
    this.#added(message, rows);
    return true;
  }

  /** Adds a message's rows that the thorough way made; false, and none of them, where they are no lines after all. */
  add(message: Message, lines: readonly string[]): boolean {
    this.#block.mark();
    try {
      for (const line of lines) writeLine(this.#block.inOrder, Buffer.from(line));
    } catch (error) {
      this.#block.back();
      if (error instanceof Unusual) return false;
      throw error;
    }
    this.#added(message, lines.length);
    return true;
  }

  #added(message: Message, rows: number): void {
    if (rows === 0) return;
    this.#block.added(rows);
    this.#messages.push(message);
    this.#count += rows;
  }

  /** All rows that were added, in one insert but where they are of days all over the calendar; it begins anew then. */
  take(): TableRows[] {
    const table = this.#table;
    const body = this.#block.take();
    const messages = this.#messages;
    const linesOf = this.#linesOf;
    const count = this.#count;
    const days = this.#block.days.size;
    this.begin();
    if (count === 0) return [];
    const each = () => messages.flatMap((message) => linesOf(message).map((line) => ({ message, line })));
    if (days > daysAnInsert) {
      const dayIn = dayOfLines(table);
      return rowsByDays(
        table,
        each().map((row) => ({ ...row, day: dayIn(row.line) })),
      );
    }
    return [{ table, count, format: "Native", body: () => body, each }];
  }
}

function dayOfLines(table: NativeTable): (line: string) => number {
  const at = insertedColumns[table].indexOf("Timestamp");
  return (line) => dayOf(Number(z.array(z.unknown()).parse(JSON.parse(line))[at]));
}
