import assert from "node:assert/strict";
import { test } from "node:test";
import { SagaEvent } from "#contracts/saga-event.ts";
import { millisOf } from "./epoch.ts";
import { deriveStarts, unsaidSagas } from "./saga-starts.ts";
import { event } from "./testing.ts";

const noon = "2026-01-02T12:00:00Z";
const one = "2026-01-02T13:00:00Z";
const two = "2026-01-02T14:00:00Z";
const parse = (more: Record<string, unknown>) => SagaEvent.parse(event({ sagastarted: undefined, ...more }));

for (const { name, events, known, start } of [
  { name: "its event's own time", events: [{ time: one }], known: undefined, start: one },
  { name: "the earliest of its events", events: [{ time: two }, { time: one }], known: undefined, start: one },
  {
    name: "the time of its start, though another event seems earlier",
    events: [{ time: noon }, { time: one, type: "saga.started", data: {} }],
    known: undefined,
    start: one,
  },
  { name: "what is known", events: [{ time: two }], known: noon, start: noon },
  {
    name: "what another event says, whatever is known",
    events: [{ time: two }, { time: two, sagastarted: one }],
    known: noon,
    start: one,
  },
])
  test(`a saga begins at ${name}`, () => {
    const of = new Map(known === undefined ? [] : [["order-1", millisOf(known)]]);
    assert.equal(deriveStarts(events.map(parse), of).get("order-1"), millisOf(start));
  });

test("only sagas of which no event says it are asked for", () => {
  const events = [
    parse({ correlationid: "a" }),
    parse({ correlationid: "b", sagastarted: noon }),
    parse({ correlationid: "c" }),
    parse({ correlationid: "c", sagastarted: noon }),
  ];
  assert.deepEqual(unsaidSagas(events), ["a"]);
});
