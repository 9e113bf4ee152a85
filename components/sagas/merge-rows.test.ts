import assert from "node:assert/strict";
import { test } from "node:test";
import { appendRows, inPlace, mergeRows } from "./merge-rows.ts";

const startedAt = "2026-11-23T12:00:00.000Z";
const rows = (ids: string) => [...ids].map((id) => ({ id, startedAt }));
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).join("");

for (const { name, held, fresh, merged, next } of [
  {
    name: "new rows come on top, further pages stay",
    held: ["cba", "n"],
    fresh: ["edc", "m"],
    merged: "edcba",
    next: "n",
  },
  {
    name: "a row that left the first page's stretch is gone",
    held: ["dcba", "n"],
    fresh: ["dbx", "m"],
    merged: "dbxa",
    next: "n",
  },
  { name: "pages that do not meet start over", held: ["cba", "n"], fresh: ["zyx", "m"], merged: "zyx", next: "m" },
  { name: "a first page that is all is all", held: ["cba", "n"], fresh: ["dc", null], merged: "dc", next: null },
  { name: "only a first page was held", held: ["cba", "n"], fresh: ["dcba", "m"], merged: "dcba", next: "m" },
] as const) {
  test(name, () => {
    const result = mergeRows({ rows: rows(held[0]), next: held[1] }, { rows: rows(fresh[0]), next: fresh[1] });
    assert.equal(ids(result.rows), merged);
    assert.equal(result.next, next);
  });
}

test("a further page brings no row twice", () => {
  const result = appendRows({ rows: rows("cb"), next: "n" }, { rows: rows("ba"), next: null });
  assert.equal(ids(result.rows), "cba");
  assert.equal(result.next, null);
});

test("in place: order and number stay, content is new", () => {
  const before = [
    { id: "a", startedAt, n: 1 },
    { id: "b", startedAt, n: 1 },
  ];
  assert.deepEqual(
    inPlace(before, [
      { id: "c", startedAt, n: 2 },
      { id: "b", startedAt, n: 2 },
    ]),
    [
      { id: "a", startedAt, n: 1 },
      { id: "b", startedAt, n: 2 },
    ],
  );
});

test("two rows of one id stay two", () => {
  const later = { id: "a", startedAt: "2026-11-23T12:00:01.000Z" };
  const result = appendRows({ rows: rows("a"), next: "n" }, { rows: [later], next: null });
  assert.equal(ids(result.rows), "aa");
});
