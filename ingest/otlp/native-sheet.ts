import type { OtlpEncoding } from "#contracts/otlp/codec.ts";
import type { Message } from "#ingest/message.ts";
import type { Row, TableRows } from "#ingest/table-rows.ts";
import { writeLine } from "./native-line.ts";
import type { NativeTable } from "./native-tables.ts";
import { type NativeTarget, nativeTargets } from "./native-target.ts";
import { RequestWriter } from "./request-writer.ts";

/** Rows of spans or of log records, as they are written message by message. */
export class NativeSheet implements TableRows {
  readonly table: NativeTable;
  readonly format = "Native";
  readonly #writer: RequestWriter;
  readonly #block: NativeTarget["block"];
  readonly #messages: Message[] = [];
  readonly #linesOf: (message: Message) => readonly string[];
  count = 0;

  /** `linesOf` reads a message the thorough way. */
  constructor(table: NativeTable, linesOf: (message: Message) => readonly string[]) {
    this.table = table;
    this.#linesOf = linesOf;
    const target = nativeTargets[table]();
    this.#block = target.block;
    this.#writer = new RequestWriter(target);
  }

  /** Adds a message's rows the quick way; false where it is out of the ordinary. */
  isTaken(message: Message, value: Buffer, encoding: OtlpEncoding): boolean {
    const rows = this.#writer.write(message, value, encoding);
    if (rows === undefined) return false;
    this.#added(message, rows);
    return true;
  }

  /** Adds a message's rows that the thorough way made. */
  add(message: Message, lines: readonly string[]): void {
    for (const line of lines) writeLine(this.#block.inOrder, line);
    this.#added(message, lines.length);
  }

  #added(message: Message, rows: number): void {
    if (rows === 0) return;
    this.#block.added(rows);
    this.#messages.push(message);
    this.count += rows;
  }

  body(): readonly Uint8Array[] {
    return this.#block.body();
  }

  each(): readonly Row[] {
    return this.#messages.flatMap((message) => this.#linesOf(message).map((line) => ({ message, line })));
  }
}
