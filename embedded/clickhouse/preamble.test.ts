import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseRequest } from "./parse-request.ts";
import { preambleOf, quote, quoteName } from "./preamble.ts";
import { readStatement } from "./statement.ts";

const ask = (query: Record<string, string>, method = "POST") =>
  parseRequest({ method, url: `/?${new URLSearchParams(query)}`, headers: {} });

test("database first, then settings and parameters, readonly last", () => {
  assert.deepEqual(
    preambleOf(
      ask({ readonly: "1", max_threads: "2", param_x: "it's", database: "a`b" }),
      new Map([["async_insert", "0"]]),
    ),
    ["USE `a\\`b`", "SET async_insert = '0', max_threads = '2', param_x = 'it\\'s', readonly = '1'"],
  );
});

test("a request's setting goes before the default", () => {
  assert.deepEqual(preambleOf(ask({ async_insert: "1" }), new Map([["async_insert", "0"]])), [
    "SET async_insert = '1'",
  ]);
});

test("GET may not write", () => assert.deepEqual(preambleOf(ask({}, "GET"), new Map()), ["SET readonly = '2'"]));

for (const name of ["a b", "a;DROP", "a=1,b", "", "1a", "ü"]) {
  test(`a setting named ${JSON.stringify(name)} is refused`, () => {
    assert.throws(() => preambleOf(ask({ [name]: "1" }), new Map()), { code: 115 });
  });
}

test("no value can leave its quotes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (value, database) => {
      for (const sql of [`SET a = ${quote(value)}`, `USE ${quoteName(database)}`])
        assert.equal(readStatement(Buffer.from(sql)).kind, "plain");
    }),
  );
});
