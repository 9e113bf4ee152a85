import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { mendPauses } from "./kafkajs-timers.ts";

interface ConsumerGroup {
  fetch(nodeId: string): Promise<readonly unknown[]>;
  pause(topicPartitions: readonly unknown[]): void;
  resume(topicPartitions: readonly unknown[]): void;
}

const require = createRequire(import.meta.url);
const { prototype } = require("kafkajs/src/consumer/consumerGroup.js") as { prototype: ConsumerGroup };
const SubscriptionState = require("kafkajs/src/consumer/subscriptionState.js") as new () => {
  assign(topicPartitions: readonly unknown[]): void;
};

const maxWaitTime = 2_000;
const all = [{ topic: "events", partitions: [0, 1] }];

/** kafkajs's own member of a group that has two partitions of one broker, without the broker. */
function memberOf(): ConsumerGroup {
  const subscriptionState = new SubscriptionState();
  subscriptionState.assign(all);
  return Object.assign(Object.create(prototype) as ConsumerGroup, {
    subscriptionState,
    maxWaitTime,
    cluster: { refreshMetadataIfNecessary: async () => undefined },
    logger: { info: () => undefined },
    offsetManager: { committedOffsets: () => ({ events: {} }) },
    checkForStaleAssignment: () => undefined,
    seekOffsets: async () => undefined,
    filterPartitionsByNode: (_: string, topicPartitions: readonly unknown[]) => topicPartitions,
  });
}

mendPauses();

test("whoever resumes a partition while all are paused is heard before the sleep ends, by the fetch of each broker", async () => {
  const member = memberOf();
  member.pause(all);
  const fetches = Promise.all([member.fetch("0"), member.fetch("1")]);
  await sleep(10);
  member.resume([{ topic: "events", partitions: [1] }]);
  assert.deepEqual(await Promise.race([fetches, sleep(maxWaitTime / 2, "asleep")]), [[], []]);
});

test("where nothing is resumed, the fetch ends by itself", async () => {
  const member = memberOf();
  member.pause(all);
  assert.deepEqual(await member.fetch("0"), []);
});
