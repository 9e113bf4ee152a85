import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  cutId,
  formatAge,
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatShare,
  formatTime,
} from "./format.ts";

for (const [ms, text] of [
  [0, "0 ms"],
  [0.84, "840 µs"],
  [12.44, "12.4 ms"],
  [999.6, "1 s"],
  [3210, "3.21 s"],
  [59_960, "1 m 00 s"],
  [125_000, "2 m 05 s"],
  [3_840_000, "1 h 04 m"],
  [100_800_000, "1 d 4 h"],
] as const) {
  test(`${ms} ms is ${text}`, () => assert.equal(formatDuration(ms), text));
}

for (const [count, text] of [
  [1204, "1,204"],
  [12_431, "12.4k"],
  [999_990, "1M"],
  [3_100_000, "3.1M"],
] as const) {
  test(`${count} is ${text}`, () => assert.equal(formatCount(count), text));
}

test("a share never rounds to all or to none", () => {
  assert.equal(formatShare(0.9999), "> 99.9 %");
  assert.equal(formatShare(0.0001), "< 0.1 %");
  assert.equal(formatShare(0.971), "97.1 %");
});

test("a change carries its sign", () => {
  assert.equal(formatChange(1.38, 1), "+38 %");
  assert.equal(formatChange(0.98, 1), "−2 %");
});

test("a cut id is never longer than the id", () =>
  fc.assert(fc.property(fc.string(), (id) => cutId(id).length <= Math.max(id.length, 14))));

test("time shows its day only when it is another", () => {
  const nowMs = Date.UTC(2026, 10, 23, 12);
  assert.equal(formatTime(Date.UTC(2026, 10, 23, 9, 5, 7, 8), "utc", { nowMs }), "09:05:07.008");
  assert.equal(formatTime(Date.UTC(2026, 10, 22, 9, 5, 7), "utc", { nowMs, precise: false }), "Nov 22 09:05:07");
  assert.equal(formatTime(Date.UTC(2025, 10, 23, 9, 5, 7), "utc", { nowMs, precise: false }), "Nov 23, 2025 09:05:07");
});

test("ages", () => {
  assert.equal(formatAge(0, 300), "now");
  assert.equal(formatAge(0, 185_000), "3 min ago");
  assert.equal(formatAge(12_000, 0), "in 12 s");
});

test("bytes", () => {
  assert.deepEqual([0, 999, 1_000, 12_400, 3_210_000, 5e9].map(formatBytes), [
    "0 B",
    "999 B",
    "1 kB",
    "12.4 kB",
    "3.21 MB",
    "5 GB",
  ]);
});
