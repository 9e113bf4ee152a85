import assert from "node:assert/strict";
import { test } from "node:test";
import { SagascopeError } from "#lib/errors.ts";
import { classifyError } from "./classify-error.ts";

const coded = (code: string) => Object.assign(new Error("words that say nothing"), { code });

for (const { name, error, kind, cause } of [
  { name: "a refused connection", error: coded("ECONNREFUSED"), kind: "retry", cause: "network" },
  { name: "memory", error: coded("241"), kind: "retry", cause: "memory" },
  { name: "too many parts", error: coded("252"), kind: "retry", cause: "too_many_parts" },
  { name: "read-only", error: coded("242"), kind: "retry", cause: "read_only" },
  { name: "Keeper", error: coded("999"), kind: "retry", cause: "coordination" },
  { name: "an unknown code", error: coded("987654"), kind: "retry", cause: "other" },
  { name: "no code", error: new Error("Timeout error."), kind: "retry", cause: "other" },
  { name: "a code behind it", error: new Error("x", { cause: coded("EPIPE") }), kind: "retry", cause: "network" },
  { name: "a missing table", error: coded("60"), kind: "halt", cause: undefined },
  { name: "a wrong password", error: coded("516"), kind: "halt", cause: undefined },
  { name: "a migration that was changed", error: new SagascopeError("CONFLICT", "x"), kind: "halt", cause: undefined },
  { name: "a row that cannot be parsed", error: coded("27"), kind: "split", cause: undefined },
])
  test(`${name}: ${kind}`, () => {
    const verdict = classifyError(error);
    assert.equal(verdict.kind, kind);
    assert.equal(verdict.kind === "retry" ? verdict.cause : undefined, cause);
  });
