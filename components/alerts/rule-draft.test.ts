import assert from "node:assert/strict";
import { test } from "node:test";
import { draftOf, newDraft, readDraft } from "./rule-draft.ts";
import { ruleSentence } from "./rule-sentence.ts";

const good = { ...newDraft, name: "Orders fail", webhookUrl: "https://example.org/hook" };

test("a filled draft is a rule, its window in seconds and its type null for all", () => {
  assert.deepEqual(readDraft(good), {
    kind: "rule",
    rule: {
      name: "Orders fail",
      condition: "failed",
      sagaType: null,
      threshold: 1,
      windowSeconds: 300,
      severity: "warning",
      webhookUrl: "https://example.org/hook",
      enabled: true,
    },
  });
});

for (const { name, change, field } of [
  { name: "no name", change: { name: "  " }, field: "name" },
  { name: "an empty threshold", change: { threshold: "" }, field: "threshold" },
  { name: "a threshold of 0", change: { threshold: "0" }, field: "threshold" },
  { name: "a threshold between", change: { threshold: "1.5" }, field: "threshold" },
  { name: "a window too short", change: { window: "5", windowUnit: "s" as const }, field: "windowSeconds" },
  { name: "a window too long", change: { window: "25", windowUnit: "h" as const }, field: "windowSeconds" },
  { name: "an address without scheme", change: { webhookUrl: "example.org" }, field: "webhookUrl" },
  { name: "an address of another scheme", change: { webhookUrl: "ftp://example.org" }, field: "webhookUrl" },
]) {
  test(`${name} is said beside its field`, () => {
    const read = readDraft({ ...good, ...change });
    assert.deepEqual(read.kind === "problems" ? Object.keys(read.problems) : [], [field]);
  });
}

test("a stored rule comes back as it was", () => {
  const read = readDraft({ ...good, window: "2", windowUnit: "h" });
  assert.equal(read.kind, "rule");
  if (read.kind !== "rule") return;
  const stored = { state: "ok", lastCount: null, lastCheckedAt: null, firingSince: null, problem: null } as const;
  const draft = draftOf({ ...read.rule, ...stored, id: "1", createdAt: "2026-11-23T12:00:00Z" });
  assert.deepEqual([draft.window, draft.windowUnit], ["2", "h"]);
  assert.deepEqual(readDraft(draft), read);
});

for (const { rule, sentence } of [
  {
    rule: { condition: "failed", sagaType: null, threshold: 1, windowSeconds: 300 } as const,
    sentence: "1 saga or more failed within 5 min",
  },
  {
    rule: { condition: "overdue", sagaType: "order-fulfilment", threshold: 20, windowSeconds: 90 } as const,
    sentence: "20 sagas or more of order-fulfilment became overdue within 90 s",
  },
]) {
  test(sentence, () => assert.equal(ruleSentence(rule), sentence));
}
