import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openDataFolder } from "./data-folder.ts";
import { markOf } from "./processes.ts";

function inFolder(work: (path: string) => void): void {
  const path = mkdtempSync(join(tmpdir(), "sagascope-folder-"));
  try {
    work(path);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

test("secrets are made once, kept, and readable for their owner alone", () =>
  inFolder((path) => {
    const first = openDataFolder(path);
    const { token, postgresPassword, clickhousePassword } = first.kept;
    assert.equal(new Set([token, postgresPassword, clickhousePassword]).size, 3);
    assert.ok(token.length >= 24);
    first.keep({ portBase: 20_000 });
    first.release();
    const second = openDataFolder(path);
    assert.deepEqual(second.kept, { token, postgresPassword, clickhousePassword, portBase: 20_000 });
    assert.equal(statSync(join(path, "kept.json")).mode & 0o777, 0o600);
    second.release();
  }));

test("one at a time", () =>
  inFolder((path) => {
    const first = openDataFolder(path);
    first.recordRun({ pid: 4711, started: "1" }, {});
    assert.throws(() => openDataFolder(path), { code: "CONFLICT", message: /already runs on .* \(process 4711\)/ });
    first.release();
    openDataFolder(path).release();
  }));

test("what an earlier run left is what still runs, by id and start", () =>
  inFolder((path) => {
    const folder = openDataFolder(path);
    const alive = markOf(process.pid);
    folder.recordRun(alive, { kafka: alive, postgres: { ...alive, started: "another time" } });
    assert.deepEqual(folder.leftovers(), [{ name: "kafka", mark: alive }]);
    folder.clear();
    assert.deepEqual(folder.leftovers(), []);
    folder.release();
  }));

test("a damaged file is refused and left as it is", () =>
  inFolder((path) => {
    openDataFolder(path).release();
    writeFileSync(join(path, "kept.json"), '{"token":');
    assert.throws(() => openDataFolder(path), { code: "CONFLICT", message: /kept\.json is damaged/ });
    assert.equal(readFileSync(join(path, "kept.json"), "utf8"), '{"token":');
  }));
