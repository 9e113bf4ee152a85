import { daysAnInsert } from "#store/clickhouse/inserts/saga-days.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import { PackedLines } from "./packed-lines.ts";
import { type Row, type TableRows, tableRows } from "./table-rows.ts";

export const dayMs = 86_400_000;

export interface DatedRow extends Row {
  /** That it is stored under, since the epoch. */
  readonly day: number;
}

/** Nearly always in one insert; rows of days all over the calendar in several, of some days each. */
export function rowsByDays(table: InsertedTable, rows: readonly DatedRow[]): TableRows[] {
  const days = new Set(rows.map(({ day }) => day));
  return days.size <= daysAnInsert ? [tableRows(table, rows)] : packedByDays(table, { days, each: () => rows });
}

/** Little of lines that go into many inserts is held before it is compressed. */
const packedTogether = 1 << 18;

/** Rows of these days that can be had again, in several inserts: of them only what is sent is held. */
export function packedByDays(
  table: InsertedTable,
  { days, each }: { days: ReadonlySet<number>; each: () => Iterable<DatedRow> },
): TableRows[] {
  const inOrder = [...days].sort((a, b) => a - b);
  const shares = new Map(inOrder.map((day, index) => [day, Math.floor(index / daysAnInsert)]));
  const shareOf = ({ day }: DatedRow) => shares.get(day) ?? 0;
  const packed = new Map<number, { count: number; readonly lines: PackedLines }>();
  for (const row of each()) {
    const share = shareOf(row);
    const of = packed.get(share) ?? { count: 0, lines: new PackedLines(packedTogether) };
    packed.set(share, of);
    if (typeof row.line === "string") of.lines.strip.unmeasured(row.line);
    else of.lines.strip.copy(row.line, 0, row.line.length);
    of.lines.added();
    of.count += 1;
  }
  return [...packed].map(([share, { count, lines }]) => {
    const body = lines.take();
    const own = () => [...each()].filter((row) => shareOf(row) === share);
    return { table, count, share: `days-${share}`, format: "JSONCompactEachRow", body: () => body, each: own };
  });
}
