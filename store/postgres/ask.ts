import { DatabaseError, type Pool, type PoolClient } from "pg";
import { z } from "zod";
import { SagascopeError } from "#lib/errors.ts";
import type { Statement } from "./sql.ts";

/** What a statement is put to: the pool, or the connection of a transaction. */
export type Db = Pick<Pool | PoolClient, "query">;

/**
 * The rows that `statement` gives back, each parsed by `row`.
 * Throws `STORE_DOWN` where the state cannot be reached, `STORE_REFUSED` where it refuses.
 */
export async function ask<Row extends z.ZodType>(db: Db, statement: Statement, row: Row): Promise<z.output<Row>[]> {
  try {
    const { rows } = await db.query({ text: statement.text, values: [...statement.values] });
    return z.array(row).parse(rows);
  } catch (error) {
    throw stateError(error);
  }
}

/** Runs `statement`; how many rows it touched. Throws as `ask` does. */
export async function run(db: Db, statement: Statement): Promise<number> {
  try {
    const { rowCount } = await db.query({ text: statement.text, values: [...statement.values] });
    return rowCount ?? 0;
  } catch (error) {
    throw stateError(error);
  }
}

/** What the driver threw, by a code of ours; errors of ours stay as they are. */
export function stateError(error: unknown): unknown {
  if (error instanceof SagascopeError) return error;
  if (error instanceof z.ZodError) {
    return new SagascopeError("INTERNAL", "The state store answered in an unexpected shape.", { cause: error });
  }
  if (!(error instanceof DatabaseError)) return stateDown(error);
  const code = error.code ?? "";
  if (code === undefinedTable) {
    const message = "The state store lacks a table. Run the migrations: npm run migrate.";
    return new SagascopeError("STORE_REFUSED", message, { cause: error });
  }
  if (goneClasses.some((begin) => code.startsWith(begin))) return stateDown(error);
  const message = "The state store refused the question. The log of this process says why.";
  return new SagascopeError("STORE_REFUSED", message, { cause: error });
}

const undefinedTable = "42P01";
/** SQLSTATEs of a server that is going, coming or full: 08 connection, 53 resources, 57P operator, 3D no database. */
const goneClasses = ["08", "53", "57P", "3D"];

function stateDown(cause: unknown): SagascopeError {
  const message = "The state store cannot be reached. Check that PostgreSQL runs and DATABASE_URL is right.";
  return new SagascopeError("STORE_DOWN", message, { cause });
}
