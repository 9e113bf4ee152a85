import assert from "node:assert/strict";
import { test } from "node:test";
import { pendingMigrations } from "./migration-files.ts";

const file = (name: string, checksum = name) => ({ name, text: "", checksum });

for (const { name, files, landed, pending } of [
  { name: "nothing landed: all, in order", files: ["1", "2"], landed: [], pending: ["1", "2"] },
  { name: "some landed: the rest", files: ["1", "2", "3"], landed: ["1", "2"], pending: ["3"] },
  { name: "all landed: none", files: ["1"], landed: ["1"], pending: [] },
])
  test(name, () =>
    assert.deepEqual(
      pendingMigrations(
        files.map((n) => file(n)),
        landed.map((n) => file(n)),
      ).map((m) => m.name),
      pending,
    ),
  );

for (const { name, files, landed, says } of [
  { name: "a changed file", files: [file("1", "new")], landed: [file("1", "old")], says: /changed since: undo/ },
  { name: "a file that is gone", files: [], landed: [file("1")], says: /gone: restore/ },
  { name: "a file numbered late", files: [file("1"), file("2")], landed: [file("2")], says: /later number/ },
])
  test(`${name} is refused`, () => assert.throws(() => pendingMigrations(files, landed), says));
