import assert from "node:assert/strict";
import { test } from "node:test";
import { startOf } from "./start.ts";

const at = (clock: string) => `2026-06-01T${clock}Z`;

for (const { name, stored, unsaid, start } of [
  { name: "what all its events say", stored: "10:00:00.125", unsaid: [], start: "10:00:00.125" },
  {
    name: "what it is stored under, where no event is earlier",
    stored: "10:00:00.125",
    unsaid: ["10:00:00.125999999", "10:00:07.000000000"],
    start: "10:00:00.125",
  },
  {
    name: "its earliest event's time, where a later one was read first",
    stored: "10:00:07.000",
    unsaid: ["10:00:03.000000000", "10:00:00.125000000", "10:00:07.000000000", "10:00:00.125000000"],
    start: "10:00:00.125",
  },
  {
    name: "whole milliseconds",
    stored: "10:00:07.000",
    unsaid: ["10:00:06.999999999"],
    start: "10:00:06.999",
  },
])
  test(`a saga began at ${name}, in whatever order its events are told`, () => {
    const times = unsaid.map(at);
    for (const order of [times, times.toReversed(), [...times, ...times]])
      assert.equal(startOf(at(stored), order), at(start));
  });

test("whichever of its events a saga is stored under, it began at the same moment", () => {
  const times = ["10:00:02.5", "10:00:00.25", "10:00:09.75"].map((clock) => `${at(clock).slice(0, -1)}00000000Z`);
  const stored = times.map((time) => `${time.slice(0, 23)}Z`);
  assert.deepEqual(new Set(stored.map((one) => startOf(one, times))), new Set([at("10:00:00.250")]));
});
