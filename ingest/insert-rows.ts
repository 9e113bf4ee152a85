import type { Block } from "#store/clickhouse/inserts/insert-block.ts";
import { type InsertedTable, insertedColumns } from "#store/clickhouse/inserts/tables.ts";
import type { Dead } from "./encoded.ts";
import { RowsRefused } from "./retry.ts";
import { RowsFaulty } from "./suspicion.ts";
import { type Row, type TableRows, tableRows } from "./table-rows.ts";

/** Tries for ever, but for `RowsRefused`; and, where it is given the rows one by one, for `RowsFaulty`. */
export type Insert = (block: Block, each?: () => readonly Row[]) => Promise<void>;

export interface RowPorts {
  readonly insert: Insert;
  /** Told of a block that may only be inserted once the dead are kept. */
  readonly later: (block: Block) => void;
}

/**
 * Inserts rows under a token. Where the store refuses them, halves them, each half under a token of its own, down to
 * the rows at fault, which it returns. The same rows take the same way on every try.
 */
export async function insertRows(rows: TableRows, token: string, ports: RowPorts): Promise<Dead[]> {
  if (rows.count === 0) return [];
  const { table, format } = rows;
  try {
    await ports.insert({ table, token, format, body: rows.body() }, () => rows.each());
    return [];
  } catch (error) {
    if (error instanceof RowsFaulty) return leaveOut(error, { rows, token, later: ports.later });
    if (!(error instanceof RowsRefused)) throw error;
    const each = rows.each();
    const [first] = each;
    if (each.length === 1 && first) return [deadOf(first, table, `The store refused the row with ${codeOf(error)}.`)];
    const half = Math.ceil(each.length / 2);
    return [
      ...(await insertRows(tableRows(table, each.slice(0, half)), `${token}-a`, ports)),
      ...(await insertRows(tableRows(table, each.slice(half)), `${token}-b`, ports)),
    ];
  }
}

/**
 * The others go in under the block's own token: should the store come to read all of it after all, whoever tries that stores
 * no row twice. Nor is any lost, since the dead are kept by then.
 */
function leaveOut(
  error: RowsFaulty,
  { rows, token, later }: { rows: TableRows; token: string; later: RowPorts["later"] },
): Dead[] {
  const each = rows.each();
  const faulty = new Set(error.places);
  const sound = tableRows(
    rows.table,
    each.filter((_, place) => !faulty.has(place)),
  );
  if (sound.count > 0) later({ table: rows.table, token, format: sound.format, body: sound.body() });
  const detail = `The store cannot read the row, with ${codeOf(error)}, as often as it is tried, and reads others.`;
  return [...each.entries()].flatMap(([place, row]) => {
    if (!faulty.has(place)) return [];
    const own = { firstPart: partOf(rows.table, place), token: `${token}-dead_letters-${place}` };
    return [{ ...deadOf(row, rows.table, detail), ...own }];
  });
}

const tables = Object.keys(insertedColumns);

/** The same for the same row on every try, and no other's of its message: others are numbered from 1 on, or from 1,000,000,000. */
const partOf = (table: InsertedTable, place: number): number =>
  500_000_000 + tables.indexOf(table) * 10_000_000 + place;

// A message of telemetry has many rows.
const deadOf = ({ message }: Row, table: InsertedTable, detail: string): Dead => ({
  message,
  death: { reason: "store_refused", detail },
  isPart: table !== "saga_events",
});

const codeOf = ({ cause }: Error): string =>
  cause instanceof Error && "type" in cause ? String(cause.type) : "an error";
