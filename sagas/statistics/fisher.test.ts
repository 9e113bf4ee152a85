import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fisherAbove, type TwoByTwo } from "./fisher.ts";

for (const { name, table, expected } of [
  { name: "the lady tasting tea, all right", table: { inSet: 4, ofSet: 4, inRest: 0, ofRest: 4 }, expected: 1 / 70 },
  { name: "the lady tasting tea, three right", table: { inSet: 3, ofSet: 4, inRest: 1, ofRest: 4 }, expected: 17 / 70 },
  { name: "nobody", table: { inSet: 0, ofSet: 9, inRest: 4, ofRest: 9 }, expected: 1 },
  { name: "everybody", table: { inSet: 9, ofSet: 9, inRest: 9, ofRest: 9 }, expected: 1 },
]) {
  test(name, () => assert.ok(Math.abs(fisherAbove(table) - expected) < 1e-12));
}

const tables = fc
  .record({ ofSet: fc.integer({ min: 1, max: 30 }), ofRest: fc.integer({ min: 1, max: 30 }), a: fc.nat(), b: fc.nat() })
  .map(({ ofSet, ofRest, a, b }): TwoByTwo => ({ inSet: a % (ofSet + 1), ofSet, inRest: b % (ofRest + 1), ofRest }));

/** By counting every way in which those who bear it can be spread. */
function byCounting({ inSet, ofSet, inRest, ofRest }: TwoByTwo): number {
  const choose = (n: number, k: number): bigint => {
    let ways = 1n;
    for (let i = 0; i < k; i++) ways = (ways * BigInt(n - i)) / BigInt(i + 1);
    return k < 0 || k > n ? 0n : ways;
  };
  const bearing = inSet + inRest;
  let above = 0n;
  for (let count = inSet; count <= ofSet; count++) above += choose(ofSet, count) * choose(ofRest, bearing - count);
  return Number((above * 10n ** 18n) / choose(ofSet + ofRest, bearing)) / 1e18;
}

test("it is what counting gives", () => {
  fc.assert(fc.property(tables, (table) => assert.ok(Math.abs(fisherAbove(table) - byCounting(table)) < 1e-9)));
});

test("large tables are no matter", () => {
  const p = fisherAbove({ inSet: 20_000, ofSet: 100_000, inRest: 19_800, ofRest: 100_000 });
  assert.ok(p > 0.1 && p < 0.2, `${p}`);
  assert.equal(fisherAbove({ inSet: 90_000, ofSet: 100_000, inRest: 100, ofRest: 100_000 }), 0);
});
