import assert from "node:assert/strict";
import { test } from "node:test";
import { nextDelayMs, readRetryAfter } from "./backoff.ts";

test("waits longer after each failure, and gives up after the tenth", () => {
  const delays = Array.from({ length: 11 }, (_, index) => nextDelayMs(index + 1, { retryAfterMs: null, chance: 0 }));
  const minutes = delays.map((ms) => (ms === undefined ? undefined : ms / 60_000));
  assert.deepEqual(minutes, [1 / 12, 5, 30, 120, 300, 600, 840, 1200, 1440, undefined, undefined]);
});

test("spreads by up to a tenth", () => {
  assert.equal(nextDelayMs(1, { retryAfterMs: null, chance: 0.5 }), 5250);
});

test("never comes back before the receiver asked for", () => {
  assert.equal(nextDelayMs(1, { retryAfterMs: 120_000, chance: 0 }), 120_000);
  assert.equal(nextDelayMs(2, { retryAfterMs: 1000, chance: 0 }), 300_000);
});

const nowMs = Date.UTC(2026, 10, 23, 12);
for (const { name, header, ms } of [
  { name: "absent", header: undefined, ms: null },
  { name: "seconds", header: "120", ms: 120_000 },
  { name: "a date", header: "Mon, 23 Nov 2026 12:01:00 GMT", ms: 60_000 },
  { name: "a date gone by", header: "Mon, 23 Nov 2026 11:00:00 GMT", ms: null },
  { name: "a year", header: "31536000", ms: 86_400_000 },
  { name: "zero", header: "0", ms: null },
  { name: "words", header: "soon", ms: null },
  { name: "a negative number", header: "-5", ms: null },
])
  test(`Retry-After: ${name}`, () => assert.equal(readRetryAfter(header, nowMs), ms));
