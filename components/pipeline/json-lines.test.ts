import assert from "node:assert/strict";
import { test } from "node:test";
import { issuesIn, jsonLines } from "./json-lines.ts";

const text = JSON.stringify({ id: 5, data: { step: "", plan: ["a", 7] }, none: {} });

test("lines are those of indented JSON", () => {
  const lines = jsonLines(text, []) ?? [];
  assert.equal(lines.map((line) => line.text).join("\n"), JSON.stringify(JSON.parse(text), null, 2));
  assert.ok(lines.every(({ wrong }) => wrong === undefined));
});

for (const { name, detail, points } of [
  { name: "at its value", detail: "id: wants text", points: [['  "id": 5,', "wants text"]] },
  { name: "deep within", detail: "data.plan.1: wants text", points: [["      7", "wants text"]] },
  {
    name: "at what should hold it",
    detail: "data.attempt: is missing",
    points: [['  "data": {', "attempt: is missing"]],
  },
  { name: "at the top", detail: "source: is missing", points: [["{", "source: is missing"]] },
  { name: "at the whole", detail: "the event: wants an object", points: [["{", "wants an object"]] },
  {
    name: "at two places",
    detail: "id: wants text; data.step: is too short",
    points: [
      ['  "id": 5,', "wants text"],
      ['    "step": "",', "is too short"],
    ],
  },
  { name: "nowhere", detail: "The value is not UTF-8.", points: [] },
])
  test(`an issue is pointed at ${name}`, () => {
    const wrong = (jsonLines(text, issuesIn(detail)) ?? []).filter((line) => line.wrong !== undefined);
    assert.deepEqual(
      wrong.map((line) => [line.text, line.wrong]),
      points,
    );
  });

test("what is not JSON has no lines", () => assert.equal(jsonLines("{", []), undefined));
