import assert from "node:assert/strict";
import { readNative } from "#ingest/native/testing.ts";
import type { TableRows } from "#ingest/table-rows.ts";
import { bytesOf, lines } from "#ingest/testing.ts";
import { insertedColumns } from "#store/clickhouse/inserts/tables.ts";

type Row = Record<string, unknown>;

/** For tests: the values of each row by column, integers beyond 2^53 as digits. */
export function rowsByColumn(tables: readonly TableRows[]): Row[] {
  return tables.flatMap((rows) => {
    const read = rows.format === "Native" ? readNative(bytesOf(rows.body())) : lines([rows]).map(rowOfLine(rows));
    assert.equal(read.length, rows.count);
    return read.map((row) => ({ table: rows.table, ...row }));
  });
}

const rowOfLine =
  ({ table }: TableRows) =>
  (line: string): Row => {
    const values: unknown[] = JSON.parse(line, exactly);
    assert.equal(values.length, insertedColumns[table].length, `${table} has another number of columns`);
    return Object.fromEntries(insertedColumns[table].map((column, index) => [column, values[index]]));
  };

function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" && /^-?\d+$/.test(context?.source ?? "") && !Number.isSafeInteger(value)
    ? context?.source
    : value;
}
