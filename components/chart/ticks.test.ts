import assert from "node:assert/strict";
import { test } from "node:test";
import { countTicks, durationTicks, formatTick, timeTicks } from "./ticks.ts";

const at = (text: string) => Date.parse(text);

test("an hour gets round minutes", () => {
  const { ticksMs, stepMs } = timeTicks(
    { fromMs: at("2026-11-23T11:07:00Z"), toMs: at("2026-11-23T12:07:00Z") },
    { zone: "utc", most: 6 },
  );
  assert.deepEqual(
    ticksMs.map((ms) => formatTick(ms, { stepMs, zone: "utc" })),
    ["11:10", "11:20", "11:30", "11:40", "11:50", "12:00"],
  );
});

test("days begin at the zone's midnight and say the date", () => {
  const zone = "Europe/Berlin";
  const { ticksMs, stepMs } = timeTicks(
    { fromMs: at("2026-11-22T12:00:00Z"), toMs: at("2026-11-23T12:00:00Z") },
    { zone, most: 4 },
  );
  assert.deepEqual(
    ticksMs.map((ms) => formatTick(ms, { stepMs, zone })),
    ["18:00", "Nov 23", "06:00", "12:00"],
  );
});

for (const { max, ticks } of [
  { max: 0, ticks: [0, 1] },
  { max: 1, ticks: [0, 1] },
  { max: 7, ticks: [0, 5, 10] },
  { max: 112, ticks: [0, 50, 100, 150] },
  { max: 9000, ticks: [0, 5000, 10_000] },
]) {
  test(`counts to ${max}`, () => assert.deepEqual(countTicks(max), ticks));
}

for (const { max, ticks } of [
  { max: 0.84, ticks: [0, 0.5, 1] },
  { max: 412, ticks: [0, 200, 400, 600] },
  { max: 1420, ticks: [0, 500, 1000, 1500] },
  { max: 40_000, ticks: [0, 15_000, 30_000, 45_000] },
  { max: 7_200_000, ticks: [0, 3_600_000, 7_200_000] },
]) {
  test(`durations to ${max} ms`, () => assert.deepEqual(durationTicks(max), ticks));
}
