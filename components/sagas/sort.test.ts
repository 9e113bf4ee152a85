import assert from "node:assert/strict";
import { test } from "node:test";
import { sagaSorts } from "#contracts/words.ts";
import { readSort, sortParam, turned } from "./sort.ts";

for (const { query, sort } of [
  { query: "", sort: { field: "started", ascending: false } },
  { query: "sort=duration", sort: { field: "duration", ascending: false } },
  { query: "sort=lastEvent.asc", sort: { field: "lastEvent", ascending: true } },
  { query: "sort=error.asc", sort: { field: "error", ascending: true } },
  { query: "sort=attempts.desc", sort: { field: "attempts", ascending: false } },
  { query: "sort=colour.asc", sort: { field: "started", ascending: false } },
  { query: "sort=colour", sort: { field: "started", ascending: false } },
] as const) {
  test(`“${query}”`, () => assert.deepEqual(readSort(new URLSearchParams(query)), sort));
}

test("the default needs no word, its turn does", () => {
  assert.equal(sortParam({ field: "started", ascending: false }), null);
  assert.equal(sortParam({ field: "started", ascending: true }), "started.asc");
  assert.equal(sortParam({ field: "duration", ascending: false }), "duration");
});

test("a press sorts, a second turns round, another column begins anew", () => {
  const first = turned({ field: "started", ascending: false }, "duration");
  assert.deepEqual(first, { field: "duration", ascending: false });
  assert.deepEqual(turned(first, "duration"), { field: "duration", ascending: true });
  assert.deepEqual(turned({ field: "duration", ascending: true }, "started"), { field: "started", ascending: false });
});

test("words begin with the first, all else with the most", () => {
  const begun = Object.fromEntries(
    sagaSorts
      .filter((field) => field !== "started")
      .map((field) => [field, sortParam(turned({ field: "started", ascending: false }, field))]),
  );
  assert.deepEqual(begun, {
    duration: "duration",
    lastEvent: "lastEvent",
    id: "id.asc",
    type: "type.asc",
    version: "version.asc",
    state: "state.asc",
    step: "step.asc",
    attempts: "attempts",
    compensations: "compensations",
    ended: "ended",
    deadline: "deadline",
    error: "error.asc",
    subject: "subject.asc",
    label: "label.asc",
    verdict: "verdict",
  });
  assert.equal(sortParam(turned({ field: "error", ascending: true }, "error")), "error");
});
