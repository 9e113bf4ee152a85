import assert from "node:assert/strict";
import { test } from "node:test";
import { inputValue, readInput } from "./local-input.ts";

for (const { zone, wall, utc } of [
  { zone: "utc", wall: "2026-11-23T12:04:09", utc: "2026-11-23T12:04:09Z" },
  { zone: "Europe/Berlin", wall: "2026-11-23T12:04:09", utc: "2026-11-23T11:04:09Z" },
  { zone: "America/New_York", wall: "2026-07-01T00:00:00", utc: "2026-07-01T04:00:00Z" },
  { zone: "Asia/Kathmandu", wall: "2026-07-01T05:45:00", utc: "2026-07-01T00:00:00Z" },
  { zone: "Europe/Berlin", wall: "2026-03-29T03:30:00", utc: "2026-03-29T01:30:00Z" },
]) {
  test(`${wall} in ${zone} is ${utc}`, () => {
    assert.equal(readInput(wall, zone), Date.parse(utc));
    assert.equal(inputValue(Date.parse(utc), zone), wall);
  });
}

test("nothing is no moment", () => assert.ok(Number.isNaN(readInput("", "utc"))));
