import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { gapWords } from "./gap-words.ts";

/** As they stand in ingest, which the page does not import. */
async function reasonsOfIngest(): Promise<string[]> {
  const source = await readFile(`${import.meta.dirname}/../../ingest/beginning.ts`, "utf8");
  const [, list = ""] = /gapReasons = \[(.+)\] as const/.exec(source) ?? [];
  return [...list.matchAll(/"(\w+)"/g)].map(([, reason = ""]) => reason);
}

test("every reason of a gap has words, and a page of the docs that defines it", async () => {
  const reasons = await reasonsOfIngest();
  const semantics = await readFile(`${import.meta.dirname}/../../docs/semantics.md`, "utf8");
  assert.ok(reasons.length > 0);
  for (const reason of reasons) {
    assert.match(gapWords(reason), / /, reason);
    assert.ok(semantics.includes(`\`${reason}\`: `), reason);
  }
});

test("an unknown reason is told as it is", () => {
  assert.equal(gapWords("eaten"), "eaten");
});
