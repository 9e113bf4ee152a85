import assert from "node:assert/strict";
import { test } from "node:test";
import { and, or, sql, string, uint32 } from "./sql.ts";

test("a hole becomes a typed parameter", () => {
  const query = sql`SELECT 1 WHERE id = ${string("x")} LIMIT ${uint32(5)}`;
  assert.equal(query.text, "SELECT 1 WHERE id = {p0:String} LIMIT {p1:UInt32}");
  assert.deepEqual(query.params, { p0: "x", p1: 5 });
});

test("a nested query keeps its values under new numbers", () => {
  const inner = sql`a = ${string("1")} AND b = ${string("2")}`;
  const query = sql`SELECT ${uint32(0)} WHERE ${inner} AND c = ${string("3")}`;
  assert.equal(query.text, "SELECT {p0:UInt32} WHERE a = {p1:String} AND b = {p2:String} AND c = {p3:String}");
  assert.deepEqual(query.params, { p0: 0, p1: "1", p2: "2", p3: "3" });
});

test("a value that looks like SQL stays a value", () => {
  const query = and([sql`id = ${string("'; DROP TABLE sagas; --")}`, sql`x = ${string("{p0:String}")}`]);
  assert.equal(query.text, "id = {p0:String} AND x = {p1:String}");
});

test("clauses are joined, with their values under new numbers", () => {
  const any = or([sql`a = ${string("1")}`, sql`b = ${string("2")}`]);
  assert.equal(any.text, "a = {p0:String} OR b = {p1:String}");
  assert.deepEqual(any.params, { p0: "1", p1: "2" });
});

test("no clause is none of any", () => assert.equal(or([]).text, "0"));
test("no clause is true", () => assert.equal(and([]).text, "1"));
