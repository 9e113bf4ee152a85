import assert from "node:assert/strict";
import type { TableRows } from "#ingest/table-rows.ts";
import { lines } from "#ingest/testing.ts";
import { insertedColumns } from "#store/clickhouse/inserts/tables.ts";

/** For tests: the values of each row by column, integers beyond 2^53 as digits. */
export function rowsByColumn(tables: readonly TableRows[]): Record<string, unknown>[] {
  return tables.flatMap((rows) =>
    lines([rows]).map((line) => {
      const values: unknown[] = JSON.parse(line, exactly);
      assert.equal(values.length, insertedColumns[rows.table].length, `${rows.table} has another number of columns`);
      const columns = insertedColumns[rows.table].map((column, index) => [column, values[index]] as const);
      return { table: rows.table, ...Object.fromEntries(columns) };
    }),
  );
}

function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" && /^-?\d+$/.test(context?.source ?? "") && !Number.isSafeInteger(value)
    ? context?.source
    : value;
}
