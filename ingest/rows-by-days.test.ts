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

test("rows of many days go into an insert for each hundred of these, in their order, packed as they come or in hand", () => {
  const days = fc.array(fc.integer({ min: 18_000, max: 18_400 }), { minLength: 101, maxLength: 600 });
  const width = fc.constantFrom(1, 5_000);
  fc.assert(
    fc.property(days, width, (each, long) => {
      fc.pre(new Set(each).size > 100);
      const one = message("");
      const rows = each.map(
        (day, index): DatedRow => ({ message: one, day, line: `["${index} ${"é".repeat(long)}"]\n` }),
      );
      const inOrder = [...new Set(each)].sort((a, b) => a - b);
      const shareOf = ({ day }: DatedRow) => `days-${Math.floor(inOrder.indexOf(day) / 100)}`;
      const expected = [...Map.groupBy(rows, shareOf)].map(([share, some]) => {
        const texts = some.map(({ line }) => String(line));
        const body = texts.map((text) => text.trimEnd());
        return { share, count: some.length, format: "JSONCompactEachRow", body, each: texts };
      });
      const all = (tables: readonly TableRows[]) => tables.map((table) => told(table, lines([table])));
      assert.deepEqual(all(packedByDays("saga_events", { days: new Set(each), each: () => rows })), expected);
      assert.deepEqual(all(rowsByDays("saga_events", rows)), expected);
    }),
    { numRuns: 30 },
  );
});
