import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { eventTime, laterBy, timeOfNanos } from "./event-time.ts";

for (const { text, zone, time } of [
  { text: "2026-01-02T03:04:05Z", time: "2026-01-02T03:04:05Z" },
  { text: "2026-01-02T03:04:05.123456789+02:00", time: "2026-01-02T03:04:05.123456789+02:00" },
  { text: "2026-01-02 03:04:05.120+0200", time: "2026-01-02T03:04:05.12+02:00" },
  { text: "2026-01-02 03:04:05+00", time: "2026-01-02T03:04:05+00:00" },
  { text: "2026-01-02T03:04Z", time: "2026-01-02T03:04:00Z" },
  { text: "2026-01-02 03:04:05 UTC", time: "2026-01-02T03:04:05Z" },
  { text: "2026-01-02T03:04:05.1234567890123Z", time: "2026-01-02T03:04:05.123456789Z" },
  { text: "2026-01-02T03:04:05", time: undefined },
  { text: "2026-01-02T03:04:05", zone: "-05:00", time: "2026-01-02T03:04:05-05:00" },
  { text: "2026-01-02T03:04:05Z", zone: "-05:00", time: "2026-01-02T03:04:05Z" },
  { text: "1764000000", time: "2025-11-24T16:00:00Z" },
  { text: "1764000000.123456789", time: "2025-11-24T16:00:00.123456789Z" },
  { text: "1764000000123", time: "2025-11-24T16:00:00.123Z" },
  { text: "1764000000123456", time: "2025-11-24T16:00:00.123456Z" },
  { text: "1764000000123456789", time: "2025-11-24T16:00:00.123456789Z" },
  { text: "1764000000.0", time: "2025-11-24T16:00:00Z" },
  { text: "1.764e9", time: "2025-11-24T16:00:00Z" },
  { text: "1.764000000123E12", time: "2025-11-24T16:00:00.123Z" },
  { text: "1764000000123456E-6", time: "2025-11-24T16:00:00.123456Z" },
  { text: "1e300", time: undefined },
  { text: "1e-9", time: undefined },
  { text: "0", time: undefined },
  { text: "-1", time: undefined },
  { text: "99999999999", time: undefined },
  { text: "2026-02-30T00:00:00Z", time: undefined },
  { text: "1970-01-01T00:00:00Z", time: "1970-01-01T00:00:00Z" },
  { text: "1969-12-31T23:59:59Z", time: undefined },
  { text: "0", time: undefined },
  { text: "20260102", time: undefined },
  { text: "2026-01-02", time: undefined },
  { text: "soon", time: undefined },
])
  test(`${text}${zone ? ` in ${zone}` : ""} is ${time ?? "no time"}`, () => assert.equal(eventTime(text, zone), time));

test("a moment is the same moment in seconds, milliseconds, microseconds and nanoseconds", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date("2000-01-01"), max: new Date("2199-12-31"), noInvalidDate: true }), (date) => {
      const ms = BigInt(date.getTime());
      const fraction = String(ms % 1000n).padStart(3, "0");
      for (const text of [`${ms / 1000n}.${fraction}`, `${ms}`, `${ms * 1000n}`, `${ms * 1_000_000n}`])
        assert.equal(Date.parse(eventTime(text, undefined) ?? ""), date.getTime());
      assert.equal(Date.parse(timeOfNanos(`${ms * 1_000_000n}`)), date.getTime());
    }),
  );
});

test("no text makes it throw", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^\d{1,25}(\.\d*)?(e[+-]?\d{0,4})?$/)),
      (text) => void eventTime(text, "Z"),
    ),
  );
});

test("a deadline is so much later", () => {
  assert.equal(laterBy("90s", "2026-01-02T03:04:05+01:00"), "2026-01-02T02:05:35.000Z");
  assert.equal(laterBy("2d", "2026-01-02T03:04:05Z"), "2026-01-04T03:04:05.000Z");
});
