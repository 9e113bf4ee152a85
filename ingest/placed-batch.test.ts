import assert from "node:assert/strict";
import { test } from "node:test";
import type { KafkaMessage } from "#lib/kafka.ts";
import { hold, lend, letGo } from "#lib/lent-bytes.ts";
import { toBatch } from "./placed-batch.ts";

test("a message of an old format outlasts the batches that came in the same memory", () => {
  const answer = lend(100);
  answer.write("keyvalue");
  hold(answer);
  const old = { key: answer.subarray(0, 3), value: answer.subarray(3, 8), timestamp: "1", offset: "7", attributes: 0 };
  const batch = toBatch(old as unknown as KafkaMessage, { topic: "t", partition: 0 });
  letGo(answer);
  assert.equal(answer.length, 0);
  const { key, value, valueBytes } = batch.at(0);
  assert.deepEqual([String(key), String(value), valueBytes], ["key", "value", 5]);
});
