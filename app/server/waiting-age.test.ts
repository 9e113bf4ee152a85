import assert from "node:assert/strict";
import { test } from "node:test";
import { ageBounds } from "./waiting-age.ts";

const nowMs = 1_000_000_000_000;

/** A log with a message each second, the last one half a second old, as Kafka tells offsets by time. */
function log(seconds: number) {
  const asked: number[] = [];
  return {
    asked,
    offsetsAt: async (atMs: number) => {
      asked.push(atMs);
      const younger = Math.floor((nowMs - atMs - 500) / 1000) + 1;
      return new Map([0, 1].map((partition) => [partition, BigInt(Math.max(0, seconds - Math.max(0, younger)))]));
    },
  };
}

for (const { name, offset, fromMs, toMs } of [
  { name: "of half a second", offset: 999_999n, fromMs: 0, toMs: 1_000 },
  { name: "of 7.5 s", offset: 999_992n, fromMs: 5_000, toMs: 10_000 },
  { name: "of 100.5 s", offset: 999_899n, fromMs: 60_000, toMs: 120_000 },
  { name: "of many days", offset: 1n, fromMs: 604_800_000, toMs: null },
])
  test(`a message ${name}`, async () => {
    const { offsetsAt } = log(1_000_000);
    assert.deepEqual((await ageBounds(new Map([[0, offset]]), { nowMs, offsetsAt })).get(0), { fromMs, toMs });
  });

test("partitions share what was asked, and none that waits asks nothing", async () => {
  const { offsetsAt, asked } = log(1_000_000);
  await ageBounds(new Map(), { nowMs, offsetsAt });
  assert.equal(asked.length, 0);
  await ageBounds(new Map([0, 1].map((partition) => [partition, 999_992n])), { nowMs, offsetsAt });
  assert.ok(asked.length <= 5);
});
