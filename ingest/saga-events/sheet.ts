import { NativeBlock } from "#ingest/native/block.ts";
import { writeLine } from "#ingest/native/line.ts";
import { type DatedRow, packedByDays } from "#ingest/rows-by-days.ts";
import type { TableRows } from "#ingest/table-rows.ts";
import { daysAnInsert } from "#store/clickhouse/inserts/saga-days.ts";
import { eventColumns } from "./event-columns.ts";

/** Of all who write events: it is nobody's while anything is waited for. */
export const eventBlock = new NativeBlock(eventColumns, "saga_started");

/** To look after each row whether the block is to be sealed would take longer than to write it. */
const addedTogether = 500;

/** Rows that go from the block of events, which others use in between, into one insert. */
export class Sheet {
  readonly #packed: Uint8Array[] = [];
  readonly #days = new Set<number>();
  #bytes = 0;
  #count = 0;
  #unsealed = 0;

  constructor() {
    eventBlock.clear();
  }

  write(line: Buffer): void {
    writeLine(eventBlock.inOrder, line);
    this.added();
  }

  /** A row was written to the block. */
  added(): void {
    this.#count += 1;
    this.#unsealed += 1;
    if (this.#unsealed === addedTogether) this.#add();
  }

  #add(): void {
    eventBlock.added(this.#unsealed);
    this.#unsealed = 0;
  }

  /** To be called once what was waited for is there: whoever used the block meanwhile may have left something. */
  reopen(): void {
    eventBlock.clear();
  }

  /** To be called before anything is waited for: then the block is another's. */
  seal(): void {
    this.#add();
    const { packed, bytes } = eventBlock.take();
    this.#packed.push(...packed);
    this.#bytes += bytes;
    for (const day of eventBlock.days) this.#days.add(day);
    eventBlock.clear();
  }

  /** In one insert, but where they are of days all over the calendar. */
  rows(each: () => Iterable<DatedRow>): TableRows[] {
    if (this.#count === 0) return [];
    if (this.#days.size > daysAnInsert) return packedByDays("saga_events", { days: this.#days, each });
    const [count, body] = [this.#count, { packed: this.#packed, bytes: this.#bytes }];
    return [{ table: "saga_events", count, format: "Native", body: () => body, each: () => [...each()] }];
  }
}
