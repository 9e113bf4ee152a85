import assert from "node:assert/strict";
import { test } from "node:test";
import { EventTime } from "#contracts/saga-event.ts";
import { createEventClock } from "./event-clock.ts";

test("answers in one millisecond strictly increase, as text too", () => {
  const now = createEventClock(() => 1_700_000_000_123);
  const times = Array.from({ length: 5 }, now);
  assert.equal(times[0], "2023-11-14T22:13:20.123000Z");
  assert.equal(times[4], "2023-11-14T22:13:20.123004Z");
  assert.deepEqual([...times].sort(), times);
  for (const time of times) EventTime.parse(time);
});

test("a clock set back does not turn the order around", () => {
  let nowMs = 2000;
  const now = createEventClock(() => nowMs);
  const first = now();
  nowMs = 1000;
  assert.ok(now() > first);
});
