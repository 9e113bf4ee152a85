import assert from "node:assert/strict";
import { test } from "node:test";
import { amountMs, moved, type Range, rangeLabel, rangeMs, rangePatch, readRange } from "./range.ts";

const at = (text: string) => Date.parse(text);
const hour = 3_600_000;
const between = (from: string, to: string): Range => ({ kind: "between", fromMs: at(from), toMs: at(to) });

for (const { name, query, range } of [
  { name: "nothing said is the last hour", query: "", range: { kind: "last", amount: "1h" } },
  { name: "a relative range", query: "range=7d", range: { kind: "last", amount: "7d" } },
  { name: "nonsense is the default", query: "range=eternity", range: { kind: "last", amount: "1h" } },
  { name: "from alone is not a range", query: "from=2026-11-23T10:00:00Z", range: { kind: "last", amount: "1h" } },
  {
    name: "an absolute range wins over a relative one",
    query: "range=7d&from=2026-11-23T10:00:00Z&to=2026-11-23T11:00:00Z",
    range: between("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"),
  },
  {
    name: "a range that ends before it begins is the default",
    query: "from=2026-11-23T11:00:00Z&to=2026-11-23T10:00:00Z",
    range: { kind: "last", amount: "1h" },
  },
]) {
  test(name, () => assert.deepEqual(readRange(new URLSearchParams(query)), range));
}

test("amounts in ms", () => assert.deepEqual(["15m", "6h", "2d"].map(amountMs), [900_000, 6 * hour, 48 * hour]));

const now = at("2026-11-23T12:00:00Z");

test("the default range leaves the URL empty, an absolute one is written in UTC", () => {
  assert.deepEqual(rangePatch({ kind: "last", amount: "1h" }), { range: null, from: null, to: null });
  assert.deepEqual(rangePatch(between("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z")), {
    range: null,
    from: "2026-11-23T10:00:00.000Z",
    to: "2026-11-23T11:00:00.000Z",
  });
});

for (const { name, range, zone, label } of [
  { name: "relative", range: { kind: "last", amount: "15m" } as const, zone: "utc", label: "last 15 min" },
  {
    name: "one day says it once",
    range: between("2026-11-23T10:00:00Z", "2026-11-23T12:30:00Z"),
    zone: "utc",
    label: "Nov 23 10:00 – 12:30",
  },
  {
    name: "two days, in a zone",
    range: between("2026-11-23T10:00:00Z", "2026-11-23T23:30:00Z"),
    zone: "Europe/Berlin",
    label: "Nov 23 11:00 – Nov 24 00:30",
  },
  {
    name: "another year says which",
    range: between("2025-11-23T10:00:00Z", "2025-11-23T12:30:00Z"),
    zone: "utc",
    label: "Nov 23, 2025 10:00 – 12:30",
  },
]) {
  test(`label: ${name}`, () => assert.equal(rangeLabel(range, zone, { nowMs: now }), label));
}

for (const { way, from, to } of [
  { way: "earlier", from: "2026-11-23T10:00:00Z", to: "2026-11-23T11:00:00Z" },
  { way: "later", from: "2026-11-23T11:00:00Z", to: "2026-11-23T12:00:00Z" },
  { way: "wider", from: "2026-11-23T10:00:00Z", to: "2026-11-23T12:00:00Z" },
] as const) {
  test(`${way} than the last hour, never beyond now`, () =>
    assert.deepEqual(rangeMs(moved({ kind: "last", amount: "1h" }, way, now), now), {
      fromMs: at(from),
      toMs: at(to),
    }));
}
