import assert from "node:assert/strict";
import { test } from "node:test";
import { seal, unseal } from "./seal.ts";

test("a sealed secret opens with the same token only, and never looks the same twice", () => {
  const sealed = seal("whsec_abc", "token-of-sixteen-characters");
  assert.equal(unseal(sealed, "token-of-sixteen-characters"), "whsec_abc");
  assert.ok(!sealed.includes("whsec_abc"));
  assert.notEqual(sealed, seal("whsec_abc", "token-of-sixteen-characters"));
  assert.throws(() => unseal(sealed, "another-token-altogether"), /sealed with another SAGASCOPE_TOKEN/);
});

for (const wrong of ["", "v1", "v1.a.b.c", "v1....", "garbage"])
  test(`what is no sealed secret says so: ${JSON.stringify(wrong)}`, () =>
    assert.throws(() => unseal(wrong, "token-of-sixteen-characters"), { code: "CONFLICT" }));
