import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readStatement } from "./statement.ts";

/** The statement with its rows in place of where they start. */
function read(sql: string) {
  const bytes = Buffer.from(sql);
  const statement = readStatement(bytes);
  if (statement.kind === "plain") {
    const { outfileAt: _, ...rest } = statement;
    return rest;
  }
  if (!("dataStart" in statement)) return statement;
  const { dataStart, ...rest } = statement;
  return { ...rest, rows: bytes.subarray(dataStart).toString() };
}

const insert = (target: string, format: string, rows: string, settings = "") => ({
  kind: "insert",
  target,
  settings,
  format,
  rows,
});

for (const { name, sql, is } of [
  { name: "rows after a line break", sql: "INSERT INTO t FORMAT CSV\n1;2", is: insert("INSERT INTO t ", "CSV", "1;2") },
  {
    name: "rows on the same line",
    sql: "insert into t format JSONEachRow {}",
    is: insert("insert into t ", "JSONEachRow", "{}"),
  },
  {
    name: "only one line break is of the statement",
    sql: "INSERT INTO t FORMAT TSV \r\n\n1",
    is: insert("INSERT INTO t ", "TSV", "\n1"),
  },
  { name: "no rows yet", sql: "INSERT INTO t FORMAT Native", is: insert("INSERT INTO t ", "Native", "") },
  { name: "values", sql: "INSERT INTO t VALUES (1, 'a;b')", is: insert("INSERT INTO t ", "Values", " (1, 'a;b')") },
  {
    name: "columns, settings, a database",
    sql: "INSERT INTO d.t (a, b) SETTINGS x = 1 FORMAT CSV\n",
    is: insert("INSERT INTO d.t (a, b) ", "CSV", "", "SETTINGS x = 1 "),
  },
  {
    name: "without INTO, with TABLE",
    sql: "INSERT TABLE t VALUES (1)",
    is: insert("INSERT TABLE t ", "Values", " (1)"),
  },
  {
    name: "into a function",
    sql: "INSERT INTO FUNCTION null('a Int8') FORMAT CSV\n1",
    is: insert("INSERT INTO FUNCTION null('a Int8') ", "CSV", "1"),
  },
  {
    name: "a table called format",
    sql: "INSERT INTO format FORMAT CSV\n1",
    is: insert("INSERT INTO format ", "CSV", "1"),
  },
  {
    name: "a table called values",
    sql: "INSERT INTO values VALUES (1)",
    is: insert("INSERT INTO values ", "Values", " (1)"),
  },
  {
    name: "a table called function",
    sql: "INSERT INTO function (a) VALUES (1)",
    is: insert("INSERT INTO function (a) ", "Values", " (1)"),
  },
  {
    name: "columns called format and values",
    sql: "INSERT INTO t (format, values) FORMAT CSV\n",
    is: insert("INSERT INTO t (format, values) ", "CSV", ""),
  },
  {
    name: "a comment with a clause in it",
    sql: "INSERT INTO t /* FORMAT TSV */ FORMAT CSV\n1",
    is: insert("INSERT INTO t /* FORMAT TSV */ ", "CSV", "1"),
  },
  {
    name: "a quoted name with a clause in it",
    sql: "INSERT INTO `t FORMAT TSV` FORMAT CSV\n1",
    is: insert("INSERT INTO `t FORMAT TSV` ", "CSV", "1"),
  },
  {
    name: "a comment first",
    sql: "-- hello\nINSERT INTO t FORMAT CSV\n1",
    is: insert("-- hello\nINSERT INTO t ", "CSV", "1"),
  },
  {
    name: "rows read through input",
    sql: "INSERT INTO t SELECT upper(a) FROM input('a String') FORMAT CSV\nx",
    is: {
      kind: "insert-select-input",
      before: "INSERT INTO t SELECT upper(a) FROM ",
      after: "'a String') ",
      format: "CSV",
      rows: "x",
    },
  },
  { name: "insert from a select", sql: "INSERT INTO t SELECT 1; ", is: plain("INSERT") },
  {
    name: "insert from a select of VALUES",
    sql: "INSERT INTO t SELECT * FROM VALUES('a Int8', 1)",
    is: plain("INSERT"),
  },
  {
    name: "insert from a file of the server",
    sql: "INSERT INTO t FROM INFILE 'x' FORMAT CSV",
    is: { ...plain("INSERT", "CSV"), touchesFiles: true },
  },
  { name: "a format", sql: "SELECT 1 FORMAT JSON", is: plain("SELECT", "JSON") },
  { name: "a format before settings", sql: "SELECT 1 format JSON SETTINGS a = 1;", is: plain("SELECT", "JSON") },
  { name: "a column called format", sql: "SELECT format FROM t", is: plain("SELECT") },
  { name: "a table called format, with an alias", sql: "SELECT 1 FROM d.format f", is: plain("SELECT") },
  { name: "a function called format", sql: "SELECT format('{}', 1)", is: plain("SELECT") },
  { name: "a format in a string", sql: "SELECT ' FORMAT JSON'", is: plain("SELECT") },
  { name: "in brackets", sql: "(SELECT 1) UNION ALL (SELECT 2)", is: plain("SELECT") },
  {
    name: "to a file",
    sql: "SELECT 1 INTO OUTFILE 'x' FORMAT CSV",
    is: { ...plain("SELECT", "CSV"), touchesFiles: true },
  },
  { name: "a trailing semicolon and comment", sql: "SELECT 1 ; -- done", is: plain("SELECT") },
  { name: "two statements", sql: "SELECT 1; SELECT 2", is: { kind: "many", at: 10 } },
  { name: "a semicolon in a string", sql: "SELECT ';SELECT'", is: plain("SELECT") },
  { name: "only blanks and comments", sql: " /* */ -- x", is: { kind: "empty" } },
  { name: "only a semicolon", sql: ";", is: { kind: "empty" } },
]) {
  test(name, () => assert.deepEqual(read(sql), is));
}

function plain(verb: string, format?: string) {
  return { kind: "plain", verb, format, touchesFiles: false };
}

test("rows are never read as SQL", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (rows) => {
      const bytes = Buffer.concat([Buffer.from("INSERT INTO t FORMAT RowBinary\n"), rows]);
      const statement = readStatement(bytes);
      assert.ok(statement.kind === "insert" && statement.target === "INSERT INTO t ");
      assert.deepEqual(bytes.subarray(statement.dataStart), Buffer.from(rows));
    }),
  );
});

test("a literal never changes what a statement is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const literal = `'${text.replace(/[\\']/g, "\\$&")}'`;
      assert.deepEqual(read(`SELECT ${literal} FORMAT CSV`), plain("SELECT", "CSV"));
    }),
  );
});

test("any text is read without an exception", () => {
  const word = fc.constantFrom(
    "INSERT",
    "INTO",
    "FORMAT",
    "VALUES",
    "SELECT",
    "input",
    "(",
    ")",
    ";",
    "SETTINGS",
    "t",
    "'x'",
    "--",
    "\n",
    "FROM",
    "INFILE",
  );
  fc.assert(fc.property(fc.array(word), (words) => void readStatement(Buffer.from(words.join(" ")))));
});

for (const { name, sql, into } of [
  {
    name: "before the format",
    sql: "SELECT 1 SETTINGS a = 1 FORMAT CSV SETTINGS b = 1",
    into: "SELECT 1 SETTINGS a = 1 |FORMAT CSV SETTINGS b = 1",
  },
  { name: "at the end", sql: "SELECT 1", into: "SELECT 1|" },
  { name: "before what ends it", sql: "SELECT 1 ; -- done", into: "SELECT 1| ; -- done" },
]) {
  test(`INTO OUTFILE goes ${name}`, () => {
    const statement = readStatement(Buffer.from(sql));
    assert.ok(statement.kind === "plain");
    assert.equal(`${sql.slice(0, statement.outfileAt)}|${sql.slice(statement.outfileAt)}`, into);
  });
}
