import assert from "node:assert/strict";
import { test } from "node:test";
import { ageWords } from "./age-words.ts";

for (const [fromMs, toMs, words] of [
  [0, 1_000, "under 1 s"],
  [5_000, 10_000, "5–10 s"],
  [30_000, 60_000, "30 s–1 min"],
  [60_000, 120_000, "1–2 min"],
  [43_200_000, 86_400_000, "12 h–1 d"],
  [604_800_000, null, "over 7 d"],
] as const)
  test(words, () => assert.equal(ageWords({ fromMs, toMs }), words));
