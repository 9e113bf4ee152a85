import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SagascopeError } from "#lib/errors.ts";
import { classifyError } from "./classify-error.ts";

const coded = (code: string, words = "words that say nothing") => Object.assign(new Error(words), { code });
const full = "Cannot write to file, errno: 28, strerror: No space left on device";

for (const { name, error, kind, cause } of [
  { name: "a refused connection", error: coded("ECONNREFUSED"), kind: "retry", cause: "network" },
  { name: "memory", error: coded("241"), kind: "retry", cause: "memory" },
  { name: "too many parts", error: coded("252"), kind: "retry", cause: "too_many_parts" },
  { name: "read-only", error: coded("242"), kind: "retry", cause: "read_only" },
  { name: "Keeper", error: coded("999"), kind: "retry", cause: "coordination" },
  { name: "a disk without room to reserve", error: coded("243"), kind: "retry", cause: "disk" },
  { name: "a file that cannot be written", error: coded("75"), kind: "retry", cause: "disk" },
  { name: "a file system's error", error: coded("1001", `filesystem error: ${full}`), kind: "retry", cause: "disk" },
  { name: "a full disk by Poco", error: coded("1000", full), kind: "retry", cause: "disk" },
  {
    name: "a disk that became read-only",
    error: coded("1001", "filesystem error: in create_directories: Read-only file system"),
    kind: "retry",
    cause: "read_only",
  },
  { name: "a full disk without a code", error: new Error(full), kind: "retry", cause: "disk" },
  {
    name: "a full disk behind it",
    error: new Error("x", { cause: coded("1002", full) }),
    kind: "retry",
    cause: "disk",
  },
  { name: "a full disk by a code nobody knows", error: coded("987654", full), kind: "unknown", cause: "disk" },
  { name: "memory that the words call a disk", error: coded("241", full), kind: "retry", cause: "memory" },
  { name: "a bad row with a full disk's words in it", error: coded("27", full), kind: "split", cause: undefined },
  { name: "a table that is being restarted", error: coded("733"), kind: "retry", cause: "other" },
  { name: "an unknown code", error: coded("987654"), kind: "unknown", cause: "other" },
  { name: "a code of Node's that nobody knows", error: coded("EWHATEVER"), kind: "retry", cause: "other" },
  { name: "data that ends early", error: coded("33"), kind: "unknown", cause: "other" },
  { name: "a standard exception", error: coded("1001"), kind: "unknown", cause: "other" },
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
    assert.equal("cause" in verdict ? verdict.cause : undefined, cause);
  });

test("the words of an error decide nothing, wherever its code stands", () => {
  const code = fc.integer({ min: 0, max: 1_100 }).map(String);
  const kind = (error: unknown) => classifyError(error).kind;
  fc.assert(
    fc.property(code, fc.string(), (code, words) => {
      const said = kind(coded(code, words));
      assert.equal(kind(new Error("x", { cause: coded(code, words) })), said);
      // Words never make a fault of the store's out of one of the rows', nor the other way, but for what stands for anything.
      if (!["1000", "1001", "1002"].includes(code)) assert.equal(kind(coded(code, `${words} ${full}`)), said);
    }),
  );
});
