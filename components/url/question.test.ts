import assert from "node:assert/strict";
import { test } from "node:test";
import { chipKeys } from "#components/filter/chips.ts";
import { questionKeys, questionPath } from "./question.ts";

for (const { question, from, to } of [
  { question: "overview", from: "", to: "/api/v1/overview" },
  { question: "overview", from: "range=6h&tz=local&live=off&state=failed", to: "/api/v1/overview?range=6h" },
  {
    question: "sagas",
    from: "state=failed&state=running&q=&sort=duration",
    to: "/api/v1/sagas?state=failed&state=running&sort=duration",
  },
  { question: "sagas", from: "error=bank_down&step=", to: "/api/v1/sagas?error=bank_down&step=" },
  {
    question: "sagas",
    from: "step=charge-payment&minMs=1000&maxMs=1414.2",
    to: "/api/v1/sagas?step=charge-payment&minMs=1000&maxMs=1414.2",
  },
  { question: "latency", from: "type=order&step=", to: "/api/v1/latency?type=order" },
  {
    question: "gateway",
    from: "range=6h&from=2026-11-23T10:00:00Z&to=2026-11-23T11:00:00Z",
    to: "/api/v1/gateway?from=2026-11-23T10%3A00%3A00Z&to=2026-11-23T11%3A00%3A00Z",
  },
  { question: "gateway", from: "range=6h&from=2026-11-23T10:00:00Z", to: "/api/v1/gateway?range=6h" },
] as const) {
  test(`${question} of “${from}”`, () => assert.equal(questionPath(question, new URLSearchParams(from)), to));
}

test("every filter of the list is asked for", () => {
  const asked: readonly string[] = questionKeys.sagas;
  assert.deepEqual(
    chipKeys.filter((key) => !asked.includes(key)),
    [],
  );
});
