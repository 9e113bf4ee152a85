import assert from "node:assert/strict";
import { test } from "node:test";
import { isTopicGone, lookAgainMs } from "./kafka-errors.ts";

test("a topic that is gone is looked for soon at first, and every half minute in the end", () => {
  const waits = Array.from({ length: 1_100 }, (_, looks) => lookAgainMs(looks, { firstMs: 500 }));
  assert.deepEqual(waits.slice(0, 8), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  assert.ok(waits.slice(6).every((waitMs) => waitMs === 30_000));
});

const unknown = Object.assign(new Error("does not host"), { type: "UNKNOWN_TOPIC_OR_PARTITION" });
for (const { name, error, gone } of [
  { name: "what the broker says", error: unknown, gone: true },
  { name: "what the client says after many tries", error: new Error("tries", { cause: unknown }), gone: true },
  {
    name: "what the client does not know any more",
    error: Object.assign(new Error(), { name: "KafkaJSTopicMetadataNotLoaded" }),
    gone: true,
  },
  { name: "another leader", error: Object.assign(new Error(), { type: "NOT_LEADER_FOR_PARTITION" }), gone: false },
  { name: "nothing known", error: "gone", gone: false },
])
  test(`${name}: the topic is ${gone ? "gone" : "there"}`, () => assert.equal(isTopicGone(error), gone));
