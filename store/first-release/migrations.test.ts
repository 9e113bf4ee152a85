import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readMigrations } from "#store/migration-files.ts";

const landed: Record<string, Record<string, string>> = JSON.parse(
  readFileSync(`${import.meta.dirname}/migrations.json`, "utf8"),
);

for (const [kind, checksums] of Object.entries(landed))
  test(`the first release's migrations of ${kind} are as they landed`, async () => {
    const files = await readMigrations(`${import.meta.dirname}/../${kind}/migrations`);
    const now = Object.fromEntries(
      files.filter(({ name }) => name in checksums).map((file) => [file.name, file.checksum]),
    );
    assert.deepEqual(now, checksums);
  });
