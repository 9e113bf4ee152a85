import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReplayedMatching } from "#contracts/api/dead-letters.ts";
import { type ReplayFilter, type ReplaySome, replayEvery } from "./replay-every.ts";

const filter: ReplayFilter = { range: "1h", state: ["dead"], reason: ["bad_time"], topic: [] };
const before = "2026-01-01T00:59:00.000Z";
const stretch = { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T01:00:00.000Z" };

/** An API with so many letters that match, at the `silentFrom`th of which Kafka falls silent. */
function api(matching: number, silentFrom = Number.POSITIVE_INFINITY) {
  const asked: Parameters<ReplaySome>[0][] = [];
  const replay: ReplaySome = async (request) => {
    asked.push(request);
    const at = Number(request.cursor ?? 0);
    const to = Math.min(at + request.limit, matching, silentFrom);
    const answer: ReplayedMatching = {
      replayed: to - at,
      already: 0,
      failed: 0,
      problems: [],
      stopped: to === silentFrom ? "Kafka does not answer." : null,
      next: to < matching ? String(to) : null,
      ...stretch,
    };
    return answer;
  };
  return { asked, replay };
}

async function last(most: number, { replay }: ReturnType<typeof api>) {
  let sum: unknown;
  for await (const one of replayEvery(filter, { most, before, replay })) sum = one;
  return sum;
}

const come = (replayed: number, stopped: string | null = null) => ({
  replayed,
  already: 0,
  failed: 0,
  stopped,
  problem: undefined,
});

test("all are replayed, some a call, in the stretch that the first call was told", async () => {
  const own = api(250);
  assert.deepEqual(await last(250, own), come(250));
  const { state, reason, topic } = filter;
  assert.deepEqual(own.asked, [
    { ...filter, before, limit: 100 },
    { ...stretch, state, reason, topic, cursor: "100", limit: 100 },
    { ...stretch, state, reason, topic, cursor: "200", limit: 50 },
  ]);
});

test("no more than were agreed to, however many match by now", async () => {
  const own = api(1_000);
  assert.deepEqual(await last(130, own), come(130));
  assert.equal(own.asked.length, 2);
});

test("where Kafka falls silent it ends, and says why", async () => {
  const own = api(1_000, 120);
  assert.deepEqual(await last(1_000, own), come(120, "Kafka does not answer."));
});

test("it ends where fewer match by now", async () => {
  assert.deepEqual(await last(300, api(40)), come(40));
  assert.deepEqual(await last(300, api(0)), come(0));
});
