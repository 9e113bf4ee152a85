import assert from "node:assert/strict";
import { test } from "node:test";
import type { SagaEventRow } from "#contracts/api/saga.ts";
import { eventMarks } from "./event-marks.ts";

const event = (id: string, offset: string, { partition = 0, causationId = "", duplicates = 0 } = {}) =>
  ({ id, offset, partition, topic: "saga.events", causationId, duplicates }) as SagaEventRow;
const none = { duplicate: false, late: false, causeMissing: false };

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
