import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type DatedRow, packedByDays, rowsByDays } from "./rows-by-days.ts";
import type { TableRows } from "./table-rows.ts";
import { lines, message } from "./testing.ts";

const told = ({ share, count, format, each }: TableRows, body: readonly string[]) => ({
  share,
  count,
  format,
  body,
  each: each().map(({ line }) => String(line)),
});

test("rows that are packed go into the inserts that rows in hand go into, in the same order", () => {
  const days = fc.array(fc.integer({ min: 18_000, max: 18_400 }), { minLength: 101, maxLength: 600 });
  const width = fc.constantFrom(1, 5_000);
  fc.assert(
    fc.property(days, width, (each, long) => {
      fc.pre(new Set(each).size > 100);
      const one = message("");
      const rows = each.map(
        (day, index): DatedRow => ({ message: one, day, line: `["${index} ${"é".repeat(long)}"]\n` }),
      );
      const all = (tables: readonly TableRows[]) => tables.map((table) => told(table, lines([table])));
      const packed = packedByDays("saga_events", { days: new Set(each), each: () => rows });
      assert.deepEqual(all(packed), all(rowsByDays("saga_events", rows)));
    }),
    { numRuns: 30 },
  );
});
