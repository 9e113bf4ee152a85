import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseRequest } from "./parse-request.ts";
import { preambleOf, quote, quoteName, renewalOf, stateOf } from "./preamble.ts";
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

const defaults = new Map([["async_insert", "0"]]);
const own = new Map([["log_comment", "q-1"]]);
const state = (query: Record<string, string>, method?: string) => stateOf(ask(query, method), defaults);

test("only what a parameter is worth may differ between two questions of one state", () => {
  const asked = { database: "d", max_threads: "2", param_a: "1" };
  assert.equal(state(asked), state({ ...asked, param_a: "2" }));
  for (const other of [
    { ...asked, database: "e" },
    { ...asked, max_threads: "1" },
    { ...asked, param_b: "1" },
    { ...asked, readonly: "2" },
    { database: "d", max_threads: "2" },
    { database: "d", param_a: "1" },
  ])
    assert.notEqual(state(asked), state(other));
  assert.notEqual(state(asked), state(asked, "GET"));
});

test("a session's connection is not another's, nor one whose settings cannot be set", () => {
  assert.equal(state({ session_id: "s" }), undefined);
  assert.equal(state({ readonly: "1" }), undefined);
});

test("a connection is made a request's own by its comment and its parameters", () => {
  assert.deepEqual(renewalOf(ask({ max_threads: "2", param_a: "it's" }), own), [
    "SET log_comment = 'q-1', param_a = 'it\\'s'",
  ]);
  assert.deepEqual(renewalOf(ask({ log_comment: "mine" }), own), []);
});

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
