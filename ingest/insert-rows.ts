import type { Block } from "#store/clickhouse/inserts/insert-block.ts";
import type { InsertedTable } from "#store/clickhouse/inserts/tables.ts";
import type { Dead } from "./encoded.ts";
import type { Message } from "./message.ts";
import { RowsRefused, RowsSuspected } from "./retry.ts";
import { type Row, type TableRows, tableRows } from "./table-rows.ts";

/** Tries for ever, but for `RowsRefused`; and for `RowsSuspected`, after so many strange refusals in a row as it is given. */
export type Insert = (block: Block, suspectAfter?: number) => Promise<void>;

export interface RowPorts {
  readonly insert: Insert;
  /** A block of the table that the store took a short time ago. */
  readonly witness: (table: InsertedTable) => Block | undefined;
  /** How many blocks of the table the store has taken from this worker. */
  readonly taken: (table: InsertedTable) => number;
  /** Whether the table holds a row of each of these messages. */
  readonly holds: (table: InsertedTable, messages: readonly Message[]) => Promise<boolean>;
}

// Some ten seconds: most of what ails a store and has no code that is known is over by then.
const patientTries = 8;
const quickTries = 2;
/** How often in a row rows must be refused, and others taken after that. */
const proofsNeeded = 3;

/**
 * Inserts rows under a token. Where the store refuses them, halves them, each half under a token of its own, down to
 * the rows at fault, which it returns. The same rows take the same way on every try.
 */
export async function insertRows(rows: TableRows, token: string, ports: RowPorts): Promise<Dead[]> {
  return await insertPart(rows, token, { ports, tries: patientTries });
}

async function insertPart(
  rows: TableRows,
  token: string,
  { ports, tries }: { ports: RowPorts; tries: number },
): Promise<Dead[]> {
  if (rows.count === 0) return [];
  const refused = await refusalForGood(rows, token, { ports, tries });
  if (!refused) {
    rows.release?.();
    return [];
  }
  const each = rows.each();
  const half = middleOf(each, refused);
  if (half === each.length) {
    const code = refused.cause instanceof Error && "type" in refused.cause ? String(refused.cause.type) : "an error";
    const death = { reason: "store_refused", detail: `The store refused the row with ${code}.` } as const;
    // A message of telemetry has many rows.
    return each.map(({ message }) => ({ message, death, isPart: rows.table !== "saga_events" }));
  }
  const how = { ports, tries: quickTries };
  return [
    ...(await insertPart(tableRows(rows.table, each.slice(0, half)), `${token}-a`, how)),
    ...(await insertPart(tableRows(rows.table, each.slice(half)), `${token}-b`, how)),
  ];
}

/** Where to halve rows; their end where they die together. Those of one message do on suspicion: `holds` cannot tell them apart. */
function middleOf(each: readonly Row[], refused: RowsRefused): number {
  const middle = Math.ceil(each.length / 2);
  if (!(refused instanceof RowsSuspected)) return middle;
  const isBorder = (at: number) => each[at - 1]?.message !== each[at]?.message;
  for (let at = middle; at < each.length; at++) if (isBorder(at)) return at;
  for (let at = middle; at > 0; at--) if (isBorder(at)) return at;
  return each.length;
}

/**
 * Why the store does not take these rows, whenever they are sent; undefined once it took them. Under a code that may be of
 * its own condition that is only believed where it takes others of their table in between: an unwell store is tried for
 * ever. So rows that it will take once it is well are never halved, or they could be stored whole on another try. Nor are
 * rows that it has stored, all of them, and refuses nevertheless, as it does where a view fails on one.
 */
async function refusalForGood(
  rows: TableRows,
  token: string,
  { ports, tries }: { ports: RowPorts; tries: number },
): Promise<RowsRefused | undefined> {
  const block = () => ({ table: rows.table, token, format: rows.format, body: rows.body() });
  for (let proofs = 0; ; ) {
    const witness = ports.witness(rows.table);
    const before = ports.taken(rows.table);
    // Without a witness it takes time until others show that the store is well.
    const patience = witness ? (proofs > 0 ? quickTries : tries) : patientTries;
    const refused = await refusalOf(block(), ports.insert, patience);
    if (!(refused instanceof RowsSuspected)) return refused;
    const isWell = witness ? !(await refusalOf(witness, ports.insert, 1)) : ports.taken(rows.table) > before;
    proofs = isWell ? proofs + 1 : 0;
    if (proofs < proofsNeeded) continue;
    const messages = new Set(rows.each().map(({ message }) => message));
    if (!(await ports.holds(rows.table, [...messages]))) return refused;
    proofs = 0;
  }
}

async function refusalOf(block: Block, insert: Insert, suspectAfter: number): Promise<RowsRefused | undefined> {
  try {
    await insert(block, suspectAfter);
    return undefined;
  } catch (error) {
    if (error instanceof RowsRefused) return error;
    throw error;
  }
}
