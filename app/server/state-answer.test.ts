import assert from "node:assert/strict";
import { test } from "node:test";
import type { Freshness } from "#contracts/api/answer.ts";
import { SagascopeError } from "#lib/errors.ts";
import { stateAnswer } from "./state-answer.ts";

const fresh: Freshness = { newestEventAt: null, newestIngestAt: null, deadLetters: 0, askedAt: "2026-06-01T00:00:00Z" };
const say = async () => ({ content: { rules: 2 }, rowsRead: 3 });

for (const { name, freshness, told } of [
  { name: "which is told beside its cost", freshness: async () => fresh, told: fresh },
  {
    name: "which cannot be reached",
    freshness: async () => {
      throw new SagascopeError("STORE_DOWN", "gone");
    },
    told: null,
  },
  { name: "which does not answer", freshness: () => new Promise<Freshness>(() => {}), told: null },
])
  test(`an answer from the state, beside an event store ${name}`, async () => {
    const { tookMs, ...rest } = await stateAnswer(say, { freshness, patienceMs: 20 });
    assert.deepEqual(rest, { rules: 2, freshness: told, rowsRead: 3 });
    assert.ok(tookMs >= 0);
  });

test("what the state refuses is refused", async () => {
  const refuse = async () => {
    throw new SagascopeError("NOT_FOUND", "no such rule");
  };
  await assert.rejects(stateAnswer(refuse, { freshness: async () => fresh }), { code: "NOT_FOUND" });
});
