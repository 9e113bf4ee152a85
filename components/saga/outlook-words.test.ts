import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outlook } from "#contracts/api/outlook.ts";
import { limitWords, outlookWords } from "./outlook-words.ts";

const nowMs = Date.UTC(2026, 5, 1, 12);
const at = (ms: number) => new Date(nowMs + ms).toISOString();
const known = (more: Partial<Extract<Outlook, { kind: "known" }>> = {}): Outlook => ({
  kind: "known",
  peers: 2_310,
  peersOf: "version",
  next: [{ kind: "step", name: "charge-payment", odds: 1 }],
  remainingSteps: 2,
  end: { p50At: at(12_000), p90At: at(40_000), p50Ms: 12_000, p90Ms: 40_000 },
  failing: { odds: 0.04, low: 0.03, high: 0.05 },
  compensated: 0.04,
  failed: 0,
  ...more,
});

for (const { name, outlook, words } of [
  {
    name: "what comes next, when it ends, and how likely it fails",
    outlook: known(),
    words:
      "Usually next: charge payment. Ends in about 12 s, nine in ten within 40 s. 4 % of 2,310 like it did not complete.",
  },
  {
    name: "the likelier of several, with its share",
    outlook: known({
      next: [
        { kind: "end", name: "completed", odds: 0.9 },
        { kind: "compensation", name: "refund-payment", odds: 0.1 },
      ],
      peersOf: "type",
    }),
    words:
      "Usually next: it completes (90 %). Ends in about 12 s, nine in ten within 40 s. 4 % of 2,310 like it, of any version, did not complete.",
  },
  {
    name: "that half of them had ended",
    outlook: known({ end: { p50At: at(-1), p90At: at(500), p50Ms: 0, p90Ms: 500 }, next: [] }),
    words: "Half had ended by now, nine in ten within 500 ms. 4 % of 2,310 like it did not complete.",
  },
  { name: "nothing of one that has ended", outlook: { kind: "unknown", reason: "ended" } as const, words: "" },
  {
    name: "that hardly any waited as long",
    outlook: { kind: "unknown", reason: "waits_longer_than_peers" } as const,
    words: "Hardly any saga that completed or failed has waited here for as long.",
  },
]) {
  test(`an outlook says ${name}`, () => assert.equal(outlookWords({ outlook }, nowMs), words));
}

test("a learned limit says how long is usual, once it has run out", () => {
  const since = at(-20_000);
  const limit = {
    kind: "learned",
    at: at(-11_800),
    position: "step.started charge-payment 1",
    since,
    limitMs: 8_200,
    samples: 4_000,
    usualMs: 140,
  } as const;
  assert.equal(
    limitWords({ limit, verdicts: ["overdue"] }, nowMs),
    "Overdue: it has waited here for 20 s, and 999 of 1,000 waited 8.2 s at most, half of them 140 ms.",
  );
  assert.equal(limitWords({ limit, verdicts: [] }, nowMs), "");
});
