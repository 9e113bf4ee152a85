import assert from "node:assert/strict";
import { test } from "node:test";
import type { SagaEventRow } from "#contracts/api/saga.ts";
import { eventMarks } from "./event-marks.ts";

const usual = {
  partition: 0,
  causationId: "",
  duplicates: 0,
  topic: "saga.events",
  source: "/services/payments",
  time: "2026-01-02T03:04:05.123456789Z",
  ingestedAt: "2026-01-02T03:04:05.700Z",
};
const event = (id: string, offset: string, more: Partial<SagaEventRow> = {}) =>
  ({ ...usual, id, offset, ...more }) as SagaEventRow;
const none = { duplicate: false, late: false, causeMissing: false, skew: undefined };

for (const { name, events, marks } of [
  { name: "events as they should be have no marks", events: [event("a", "1"), event("b", "2")], marks: [none, none] },
  {
    name: "an event behind a later one was written late",
    events: [event("a", "9"), event("b", "10"), event("c", "8")],
    marks: [{ ...none, late: true }, { ...none, late: true }, none],
  },
  {
    name: "offsets of two partitions are not compared",
    events: [event("a", "9"), event("b", "2", { partition: 1 })],
    marks: [none, none],
  },
  {
    name: "an event that was stored again is marked",
    events: [event("a", "1"), event("b", "2", { duplicates: 2 })],
    marks: [none, { ...none, duplicate: true }],
  },
  {
    name: "a cause that is not here is told",
    events: [event("a", "1"), event("b", "2", { causationId: "a" }), event("c", "3", { causationId: "x" })],
    marks: [none, none, { ...none, causeMissing: true }],
  },
]) {
  test(name, () => assert.deepEqual(eventMarks(events), marks));
}

const behind = "is behind, or it was sent long after";
for (const { name, time, short, long } of [
  { name: "a day ahead is no skew yet", time: "2026-01-03T03:04:05.700999Z" },
  {
    name: "more than a day ahead is told",
    time: "2026-01-03T03:04:05.701Z",
    short: "1 d 0 h ahead",
    long: "Dated 1 d 0 h after it was stored: the clock of /services/payments is ahead",
  },
  {
    name: "the end of times is told",
    time: "2199-12-31T23:59:59.999999999Z",
    short: "63550 d 20 h ahead",
    long: "Dated 63550 d 20 h after it was stored: the clock of /services/payments is ahead",
  },
  { name: "400 days behind is no skew yet", time: "2024-11-28T03:04:05.7Z" },
  {
    name: "more than 400 days behind is told",
    time: "2024-11-27T01:04:05.7Z",
    short: "401 d 2 h behind",
    long: `Dated 401 d 2 h before it was stored: the clock of /services/payments ${behind}`,
  },
])
  test(name, () => {
    const [marks] = eventMarks([event("a", "1", { time })]);
    assert.deepEqual(marks?.skew, short && { short, long });
  });
