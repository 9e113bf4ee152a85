import assert from "node:assert/strict";
import { test } from "node:test";
import type { Attempt, Step } from "#contracts/api/saga.ts";
import type { Bar, TimelineRow } from "./timeline-layout.ts";
import { neighbour, telling } from "./timeline-move.ts";

const bar = (key: string, startMs: number, endMs: number, outcome: Attempt["outcome"] = "completed") =>
  ({ key, startMs, endMs, attempt: { outcome } }) as Bar;
const row = (...bars: Bar[]): TimelineRow => ({
  step: { name: bars[0]?.key ?? "" } as Step,
  bars,
  tie: null,
  held: null,
  queued: null,
  ahead: null,
  split: false,
});

const reserve = bar("reserve", 0, 10);
const release = bar("release", 90, 95);
const first = bar("ship.1", 20, 30, "failed");
const second = bar("ship.2", 60, 70, "failed");
const confirm = bar("confirm", 80, 85);
const rows = [row(reserve, release), row(first, second), row(), row(confirm)];

for (const { name, from, key, to } of [
  { name: "right goes on within the step", from: first, key: "ArrowRight", to: second },
  { name: "right of the last is nothing", from: second, key: "ArrowRight", to: undefined },
  { name: "down takes the nearest in time", from: release, key: "ArrowDown", to: second },
  { name: "down passes over a step without attempts", from: first, key: "ArrowDown", to: confirm },
  { name: "up takes the nearest in time", from: first, key: "ArrowUp", to: reserve },
  { name: "up of the first is nothing", from: reserve, key: "ArrowUp", to: undefined },
  { name: "Home is the first of all", from: confirm, key: "Home", to: reserve },
  { name: "End is the last of all", from: reserve, key: "End", to: confirm },
  { name: "another key leads nowhere", from: reserve, key: "a", to: undefined },
]) {
  test(name, () => assert.equal(neighbour(rows, from, key)?.key, to?.key));
}

test("what runs tells most, then what failed last, then what took longest", () => {
  assert.equal(telling([...rows, row(bar("now", 1, 99, "running"))])?.key, "now");
  assert.equal(telling(rows)?.key, "ship.2");
  assert.equal(telling([row(reserve, release), row(confirm)])?.key, "reserve");
  assert.equal(telling([]), undefined);
});
