import assert from "node:assert/strict";
import { closeSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { lastLines, openPartLog } from "./part-log.ts";

const folder = mkdtempSync(join(tmpdir(), "sagascope-log-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("the last lines of a log, long ones cut", () => {
  const file = join(folder, "a.log");
  writeFileSync(file, `one\n\ntwo\n${"x".repeat(1000)}\n`);
  const lines = lastLines(file, 2);
  assert.deepEqual([lines[0], lines[1]?.length], ["two", 401]);
  assert.deepEqual(lastLines(join(folder, "absent.log"), 5), []);
});

test("a log is appended to, and put aside once it is big", () => {
  const file = join(folder, "b.log");
  writeFileSync(file, "before\n");
  closeSync(openPartLog(file));
  assert.deepEqual(lastLines(file, 5), ["before"]);
  truncateSync(file, 21 * 1024 * 1024);
  closeSync(openPartLog(file));
  assert.equal(statSync(file).size, 0);
  assert.ok(existsSync(`${file}.1`));
});
