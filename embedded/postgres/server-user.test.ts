import assert from "node:assert/strict";
import { test } from "node:test";
import { rightsToPass, wrapForUser } from "./server-user.ts";

for (const { name, mask, rights } of [
  {
    name: "all capabilities",
    mask: "000001ffffffffff",
    rights: ["--securebits=+no_setuid_fixup", "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"],
  },
  {
    name: "a container's usual ones",
    mask: "00000000a80425fb",
    rights: ["--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"],
  },
  {
    name: "only those to pass",
    mask: "0000000000000004",
    rights: ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"],
  },
  { name: "none", mask: "0000000000000000", rights: [] },
])
  test(`with ${name}`, () => {
    assert.deepEqual(rightsToPass(`Name:\tnode\nCapInh:\t0000000000000000\nCapEff:\t${mask}\n`), rights);
  });

test("without a user to change to, the command stays as it is", () => {
  assert.deepEqual(wrapForUser(["postgres", "-D", "x"], undefined), ["postgres", "-D", "x"]);
});
