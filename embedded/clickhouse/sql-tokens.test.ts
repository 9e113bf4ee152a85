import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { textOf, tokensOf } from "./sql-tokens.ts";

const textsOf = (sql: string) => {
  const bytes = Buffer.from(sql);
  return [...tokensOf(bytes)].map((token) => textOf(bytes, token));
};

for (const { name, sql, texts } of [
  {
    name: "words in upper case, punctuation one by one",
    sql: "select a.b, 1",
    texts: ["SELECT", "A", ".", "B", ",", "1"],
  },
  { name: "a string with escapes and doubled quotes", sql: "'a\\'b''c;' x", texts: ["'a\\'b''c;'", "X"] },
  { name: "a string that never closes", sql: "'a;", texts: ["'a;"] },
  { name: "quoted names", sql: '`a``;` "b\\"c"', texts: ["`a``;`", '"b\\"c"'] },
  { name: "line comments", sql: "1 -- ; '\n2 # ; \n3 #! ;\n4", texts: ["1", "2", "3", "4"] },
  { name: "a hash that is no comment", sql: "a#b", texts: ["A", "#", "B"] },
  { name: "block comments, unclosed too", sql: "1 /* ' ; */ 2 /* 3", texts: ["1", "2"] },
  { name: "a here-document", sql: "$x$ ; ' $y$ $x$ a", texts: ["$x$ ; ' $y$ $x$", "A"] },
  { name: "typographic quotes", sql: "‘a;’ “b;” c", texts: ["‘a;’", "“b;”", "C"] },
  { name: "exotic blanks", sql: "\uFEFFa\u00A0b\f\v\tc", texts: ["A", "B", "C"] },
  { name: "nothing", sql: " -- ", texts: [] },
]) {
  test(name, () => assert.deepEqual(textsOf(sql), texts));
}

test("any bytes end, in order, without overlap", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      let last = 0;
      for (const { start, end } of tokensOf(bytes)) {
        assert.ok(start >= last && end > start && end <= bytes.length);
        last = end;
      }
    }),
  );
});

test("whatever stands in a quoted string is one token", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom("'", "`", '"'), (text, mark) => {
      const quoted = `${mark}${text.replace(/[\\'`"]/g, "\\$&")}${mark}`;
      const bytes = Buffer.from(`a ${quoted} b`);
      assert.deepEqual([...tokensOf(bytes)].length, 3);
    }),
  );
});
