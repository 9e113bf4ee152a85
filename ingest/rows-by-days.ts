import { packed } from "#store/clickhouse/inserts/compressed-body.ts";
import type { PackedBody } from "#store/clickhouse/inserts/insert-block.ts";
import { daysAnInsert } from "#store/clickhouse/inserts/saga-days.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import { type Row, type TableRows, tableRows } from "./table-rows.ts";

export const dayMs = 86_400_000;

export interface DatedRow extends Row {
  /** That it is stored under, since the epoch. */
  readonly day: number;
}

/** Nearly always in one insert; rows of days all over the calendar in several, of some days each. */
export function rowsByDays(table: InsertedTable, rows: readonly DatedRow[]): TableRows[] {
  const days = new Set(rows.map(({ day }) => day));
  if (days.size <= daysAnInsert) return [tableRows(table, rows)];
  const shares = sharesOf(days);
  const groups = Map.groupBy(rows, ({ day }) => shares.get(day));
  return [...groups].map(([share, group]) => ({ ...tableRows(table, group), share: nameOf(share) }));
}

/** Rows of these days that can be had again, in several inserts: of them only what is sent is held. */
export function packedByDays(
  table: InsertedTable,
  { days, each }: { days: ReadonlySet<number>; each: () => Iterable<DatedRow> },
): TableRows[] {
  const shares = sharesOf(days);
  const bodies = new Map<number | undefined, PackedLines>();
  for (const { line, day } of each()) {
    const share = shares.get(day);
    const body = bodies.get(share) ?? new PackedLines();
    bodies.set(share, body);
    body.add(line);
  }
  return [...bodies].map(([share, lines]) => {
    const { count, body } = lines.take();
    const own = () => [...each()].filter(({ day }) => shares.get(day) === share);
    return { table, count, share: nameOf(share), format: "JSONCompactEachRow", body: () => body, each: own };
  });
}

/** Which insert a day goes into. */
function sharesOf(days: ReadonlySet<number>): ReadonlyMap<number, number> {
  const inOrder = [...days].sort((a, b) => a - b);
  return new Map(inOrder.map((day, index) => [day, Math.floor(index / daysAnInsert)]));
}

const nameOf = (share: number | undefined) => `days-${share}`;

const packedTogether = 1 << 18;

/** Lines, compressed as they come. */
class PackedLines {
  #count = 0;
  #bytes = 0;
  readonly #packed: Buffer[] = [];
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  add(line: string | Uint8Array): void {
    const bytes = typeof line === "string" ? Buffer.from(line) : line;
    this.#count += 1;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= packedTogether) this.#pack();
  }

  #pack(): void {
    this.#packed.push(packed(Buffer.concat(this.#waiting)));
    this.#bytes += this.#waitingBytes;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  take(): { count: number; body: PackedBody } {
    if (this.#waitingBytes > 0) this.#pack();
    return { count: this.#count, body: { packed: this.#packed, bytes: this.#bytes } };
  }
}
