import assert from "node:assert/strict";
import { test } from "node:test";
import { type Json, mergePatch, patchOf } from "./edit-json.ts";

// The table of RFC 7396, appendix A.
for (const [target, patch, result] of [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
] satisfies [Json, Json, Json][])
  test(`${JSON.stringify(target)} patched by ${JSON.stringify(patch)}`, () =>
    assert.deepEqual(mergePatch(target, patch), result));

for (const { text, patch } of [
  { text: "id=e-1", patch: { id: "e-1" } },
  { text: "data.attempt=2", patch: { data: { attempt: 2 } } },
  { text: "data.error=null", patch: { data: { error: null } } },
  { text: 'subject="5"', patch: { subject: "5" } },
  { text: "subject=a=b", patch: { subject: "a=b" } },
  { text: "subject=", patch: { subject: "" } },
])
  test(`${text} as a patch`, () => assert.deepEqual(patchOf(text), patch));

for (const text of ["", "=5", "a..b=5", "nothing"])
  test(`“${text}” is no assignment`, () => assert.throws(() => patchOf(text), { code: "BAD_REQUEST" }));

test("a key that a prototype has is a key like others", () => {
  const patched = mergePatch({ a: 1 }, JSON.parse('{"__proto__": {"b": 2}}'));
  assert.equal(JSON.stringify(patched), '{"a":1,"__proto__":{"b":2}}');
  assert.equal(JSON.stringify(patchOf("__proto__.b=2")), '{"__proto__":{"b":2}}');
});
