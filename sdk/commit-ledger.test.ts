import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CommitLedger } from "./commit-ledger.ts";

test("nothing read, nothing to commit", () => assert.equal(new CommitLedger().takeCommit(), undefined));

test("the oldest message under way holds the commit back", () => {
  const ledger = new CommitLedger();
  for (const offset of [5n, 6n, 9n]) ledger.begin(offset);
  ledger.finish(6n);
  assert.equal(ledger.takeCommit(), 5n);
  ledger.finish(5n);
  assert.equal(ledger.takeCommit(), 9n);
  assert.equal(ledger.takeCommit(), undefined);
  ledger.finish(9n);
  assert.equal(ledger.takeCommit(), 10n);
});

test("a commit that failed is offered again", () => {
  const ledger = new CommitLedger();
  ledger.begin(1n);
  ledger.finish(1n);
  assert.equal(ledger.takeCommit(), 2n);
  ledger.forgetCommit();
  assert.equal(ledger.takeCommit(), 2n);
});

test("no commit ever covers an unfinished message, whatever the order of ends", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n]), (finished) => {
      const ledger = new CommitLedger();
      for (let offset = 0n; offset < 8n; offset++) ledger.begin(offset);
      const done = new Set<bigint>();
      for (const offset of finished) {
        ledger.finish(offset);
        done.add(offset);
        const commit = ledger.takeCommit() ?? 0n;
        for (let covered = 0n; covered < commit; covered++) assert.ok(done.has(covered));
      }
    }),
  );
});
