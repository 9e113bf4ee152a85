import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { millisOfNanos, nanosOf } from "./epoch.ts";

for (const { time, nanos } of [
  { time: "2026-01-02T03:04:05Z", nanos: "1767323045000000000" },
  { time: "2026-01-02T03:04:05.1Z", nanos: "1767323045100000000" },
  { time: "2026-01-02T05:04:05.123456789+02:00", nanos: "1767323045123456789" },
  { time: "2026-01-01T21:04:05.000000001-06:00", nanos: "1767323045000000001" },
])
  test(`${time} to the nanosecond`, () => assert.equal(nanosOf(time), nanos));

test("agrees with Date to the millisecond", () => {
  const from = Date.UTC(2000, 0, 1);
  fc.assert(
    fc.property(fc.integer({ min: from, max: Date.UTC(2199, 11, 31) }), (ms) =>
      assert.equal(millisOfNanos(nanosOf(new Date(ms).toISOString())), String(ms)),
    ),
  );
});
