import assert from "node:assert/strict";
import { test } from "node:test";
import { ownTopics } from "./own-topics.ts";

const settings = {
  SAGA_EVENTS_TOPIC: "saga.events",
  OTLP_SPANS_TOPIC: "spans",
  OTLP_LOGS_TOPIC: "logs",
  OTLP_METRICS_TOPIC: "metrics",
};

test("each topic holds what its setting says", () => {
  assert.deepEqual(ownTopics(settings), {
    "saga.events": "saga events",
    spans: "traces",
    logs: "logs",
    metrics: "metrics",
  });
});

for (const [one, other] of [
  ["SAGA_EVENTS_TOPIC", "OTLP_LOGS_TOPIC"],
  ["OTLP_SPANS_TOPIC", "OTLP_METRICS_TOPIC"],
] as const)
  test(`the same topic by ${one} and ${other} is refused`, () => {
    assert.throws(() => ownTopics({ ...settings, [other]: settings[one] }), {
      code: "BAD_SETTING",
      message: `${one} and ${other} both name the topic ${settings[one]}; each wants its own.`,
    });
  });
