import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fingerprintPatterns } from "#sagas/errors/fingerprint.ts";

test("the store replaces by the patterns that TypeScript has", () => {
  const migration = readFileSync(`${import.meta.dirname}/../migrations/0013_saga_errors.sql`, "utf8");
  const literals = fingerprintPatterns.map((pattern) => `'${pattern.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`);
  const written = migration.match(/kind String DEFAULT ([\s\S]*?) CODEC/)?.[1]?.replaceAll(/\n\s*/g, " ");
  const [variable, listed] = literals;
  assert.equal(
    written,
    `replaceRegexpAll(replaceRegexpAll(substringUTF8(message, 1, 1000), ${variable}, '*'), ${listed}, '*')`,
  );
});
