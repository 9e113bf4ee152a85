import assert from "node:assert/strict";
import { test } from "node:test";
import { moment, sql } from "./sql.ts";

test("a hole becomes a numbered parameter", () => {
  const statement = sql`SELECT 1 WHERE a = ${"'; DROP TABLE alert_rules; --"} AND at < ${moment(0)} LIMIT ${5}`;
  assert.equal(statement.text, "SELECT 1 WHERE a = $1 AND at < $2 LIMIT $3");
  assert.deepEqual(statement.values, ["'; DROP TABLE alert_rules; --", new Date(0), 5]);
});

test("a statement without a hole is its text", () => assert.equal(sql`SELECT 1`.text, "SELECT 1"));
