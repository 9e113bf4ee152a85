import assert from "node:assert/strict";
import { test } from "node:test";
import { engineError, exception, statusOf } from "./exception.ts";

for (const { code, status } of [
  { code: 62, status: 400 },
  { code: 60, status: 404 },
  { code: 516, status: 403 },
  { code: 159, status: 408 },
  { code: 48, status: 501 },
  { code: 202, status: 503 },
  { code: 241, status: 500 },
]) {
  test(`code ${code} is HTTP ${status}`, () => assert.equal(statusOf(code), status));
}

test("the engine's error keeps its text and shows its code", () => {
  const error = engineError(new Error("Code: 60. DB::Exception: No table. (UNKNOWN_TABLE)"));
  assert.deepEqual([error.code, error.message], [60, "Code: 60. DB::Exception: No table. (UNKNOWN_TABLE)"]);
  assert.equal(engineError(new Error("what")).message, "Code: 1002. DB::Exception: what (UNKNOWN_EXCEPTION)");
  const own = exception("SYNTAX_ERROR", "x");
  assert.equal(engineError(own), own);
});
