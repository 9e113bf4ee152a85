import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { millisOf, nanosOf } from "./epoch.ts";

for (const { time, nanos } of [
  { time: "2026-01-02T03:04:05Z", nanos: "1767323045000000000" },
  { time: "2026-01-02T03:04:05.1Z", nanos: "1767323045100000000" },
  { time: "2026-01-02T05:04:05.123456789+02:00", nanos: "1767323045123456789" },
  { time: "2026-01-01T21:04:05.000000001-06:00", nanos: "1767323045000000001" },
])
  test(`${time} to the nanosecond`, () => assert.equal(nanosOf(time), nanos));

test("milliseconds are those of the nanoseconds, cut", () => {
  const below = fc.integer({ min: 0, max: 999_999 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(2199, 11, 31) }), below, (ms, nanos) => {
      const time = new Date(ms).toISOString().replace("Z", `${String(nanos).padStart(6, "0")}Z`);
      assert.equal(millisOf(time), ms);
      assert.equal(nanosOf(time), String(BigInt(ms) * 1_000_000n + BigInt(nanos)));
    }),
  );
});
