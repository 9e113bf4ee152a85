import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hoursOfLongest, hoursToRead, uncountedHours, wholeHours } from "./counted-hours.ts";

const hourMs = 3_600_000;

test("of the hours that a window touches, those that are not counted have to be read", () => {
  const window = { fromMs: 10 * hourMs + 1, toMs: 13 * hourMs };
  assert.deepEqual(uncountedHours(window, []), [10 * hourMs, 11 * hourMs, 12 * hourMs]);
  assert.deepEqual(uncountedHours(window, [11 * hourMs]), [10 * hourMs, 12 * hourMs]);
  assert.deepEqual(uncountedHours({ fromMs: hourMs, toMs: hourMs }, []), []);
});

test("of counted hours, those that a window cuts say nothing of it", () => {
  const counted = [9, 10, 11, 12].map((at) => ({ hour: at * hourMs, matching: 1, longestMs: 1 }));
  const whole = wholeHours(counted, { fromMs: 9 * hourMs + 1, toMs: 12 * hourMs });
  assert.deepEqual(whole, counted.slice(1, 3));
});

const hour = fc.record({ isCounted: fc.boolean(), matching: fc.nat({ max: 5 }) });

test("the hours that are read have the first matches of the window, and no more counted ones than that takes", () => {
  fc.assert(
    fc.property(
      fc.array(hour, { maxLength: 60 }),
      fc.nat({ max: hourMs - 1 }),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom("asc" as const, "desc" as const),
      (made, offMs, wanted, direction) => {
        const window = { fromMs: offMs, toMs: made.length * hourMs + offMs };
        // Hour 0 is cut by the window unless it begins on the hour, and so is the one after the last.
        const whole = (index: number) => index * hourMs >= window.fromMs && (index + 1) * hourMs <= window.toMs;
        const hours = made.map((one, index) => ({
          ...one,
          hour: index * hourMs,
          isCounted: one.isCounted && whole(index),
        }));
        const counted = hours.filter(({ isCounted }) => isCounted);
        const read = new Set(hoursToRead(window, { counted, wanted, direction }));
        const inOrder = direction === "asc" ? hours : hours.toReversed();
        const matches = inOrder.flatMap(({ hour: at, matching }) => Array.from({ length: matching }, () => at));
        assert.ok(matches.slice(0, wanted).every((at) => read.has(at)));
        const chosen = inOrder.filter(({ hour: at, isCounted }) => isCounted && read.has(at));
        assert.ok(chosen.slice(0, -1).reduce((sum, { matching }) => sum + matching, 0) < wanted);
        assert.ok(chosen.every(({ matching }) => matching > 0));
      },
    ),
  );
});

const hourOfDurations = fc.record({
  isCounted: fc.boolean(),
  durations: fc.array(fc.nat({ max: 9 }), { maxLength: 4 }),
});

test("the longest matches of the window lie in the hours that are read, of which no more are counted than have one as long as any of these", () => {
  fc.assert(
    fc.property(fc.array(hourOfDurations, { maxLength: 40 }), fc.integer({ min: 1, max: 20 }), (made, wanted) => {
      const hours = made.map((one, index) => ({ ...one, hour: index * hourMs }));
      const counted = hours
        .filter(({ isCounted }) => isCounted)
        .map(({ hour: at, durations }) => {
          return { hour: at, matching: durations.length, longestMs: Math.max(0, ...durations) };
        });
      const window = { fromMs: 0, toMs: hours.length * hourMs };
      const read = new Set(hoursOfLongest(window, { counted, wanted }));
      const all = hours.flatMap(({ hour: at, durations }) => durations.map((ms) => ({ at, ms })));
      const shortest = all.map(({ ms }) => ms).sort((a, b) => b - a)[wanted - 1] ?? 0;
      // As many may be as long as the last one: which of them are among the first is told by more than their length.
      assert.ok(all.filter(({ ms }) => ms >= shortest).every(({ at }) => read.has(at)));
      const isRead = counted.filter(({ hour: at }) => read.has(at));
      assert.ok(isRead.every(({ matching }) => matching > 0));
      const least = Math.min(...isRead.map(({ longestMs }) => longestMs));
      assert.ok(isRead.filter(({ longestMs }) => longestMs > least).length < wanted);
    }),
  );
});
