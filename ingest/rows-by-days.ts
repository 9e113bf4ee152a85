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
  const days = [...new Set(rows.map(({ day }) => day))].sort((a, b) => a - b);
  if (days.length <= daysAnInsert) return [tableRows(table, rows)];
  const shares = new Map(days.map((day, index) => [day, Math.floor(index / daysAnInsert)]));
  const groups = Map.groupBy(rows, ({ day }) => shares.get(day));
  return [...groups].map(([share, group]) => ({ ...tableRows(table, group), share: `days-${share}` }));
}
