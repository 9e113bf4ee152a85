import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventTime } from "./saga-event.ts";

for (const time of [
  "1970-01-01T00:00:00Z",
  "1972-02-29T00:00:00Z",
  "2199-12-31T23:59:59.999999999Z",
  "2026-11-23t10:00:00.1z",
  "2026-11-23T10:00:00-00:00",
  "2026-11-23T10:00:00+23:59",
  "2024-02-29T00:00:00Z",
  "2000-02-29T00:00:00Z",
  "2196-02-29T00:00:00Z",
])
  test(`${time} is a time`, () => void EventTime.parse(time));

for (const time of [
  "1969-12-31T23:59:59Z",
  "1998-02-29T00:00:00Z",
  "2200-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
  "2026-02-30T00:00:00Z",
  "2026-02-29T00:00:00Z",
  "2100-02-29T00:00:00Z",
  "2026-04-31T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-00-10T00:00:00Z",
  "2026-01-00T00:00:00Z",
  "2026-01-01T24:00:00Z",
  "2026-01-01T23:59:60Z",
  "2026-01-01T00:00:00",
  "2026-01-01 00:00:00Z",
  "2026-01-01T00:00:00.Z",
  "2026-01-01T00:00:00.0000000001Z",
  "2026-01-01T00:00:00+24:00",
  "2026-01-01T00:00:00Z\n",
  "٢٠٢٦-01-01T00:00:00Z",
])
  test(`${JSON.stringify(time)} is no time`, () => assert.ok(!EventTime.safeParse(time).success));

test("every day that the calendar has is taken, and no other", () => {
  const daysOf = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();
  const parts = fc.tuple(
    fc.integer({ min: 1970, max: 2199 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 28, max: 32 }),
  );
  const two = (number: number) => String(number).padStart(2, "0");
  fc.assert(
    fc.property(parts, ([year, month, day]) => {
      const time = `${year}-${two(month)}-${two(day)}T12:00:00Z`;
      assert.equal(EventTime.safeParse(time).success, day <= daysOf(year, month));
    }),
    { numRuns: 2000 },
  );
});

test("what is taken, Date understands too", () => {
  const moment = fc.date({
    min: new Date(Date.UTC(1970, 0, 1)),
    max: new Date(Date.UTC(2199, 11, 31)),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(moment, (date) => {
      assert.equal(Date.parse(EventTime.parse(date.toISOString())), date.getTime());
    }),
  );
});
