import assert from "node:assert/strict";
import { test } from "node:test";
import { splitStatements } from "./split-statements.ts";

for (const { name, text, statements } of [
  { name: "nothing", text: " \n-- only; a comment\n", statements: [] },
  { name: "two", text: "SELECT 1;\nSELECT 2", statements: ["SELECT 1", "SELECT 2"] },
  { name: "a string", text: "SELECT ';', 'it''s; \\'; x';", statements: ["SELECT ';', 'it''s; \\'; x'"] },
  { name: "an identifier", text: 'SELECT 1 AS "a;b", 2 AS `c;d`;', statements: ['SELECT 1 AS "a;b", 2 AS `c;d`'] },
  {
    name: "comments",
    text: "-- first; really\nSELECT 1; /* ; */ SELECT 2 -- ;",
    statements: ["-- first; really\nSELECT 1", "/* ; */ SELECT 2 -- ;"],
  },
  {
    name: "a function's body",
    text: "CREATE FUNCTION f() AS $$ BEGIN; END; $$; CREATE FUNCTION g() AS $x$ a; $$ b; $x$;",
    statements: ["CREATE FUNCTION f() AS $$ BEGIN; END; $$", "CREATE FUNCTION g() AS $x$ a; $$ b; $x$"],
  },
])
  test(`splits ${name}`, () => assert.deepEqual(splitStatements(text), statements));
