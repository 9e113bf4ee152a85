import assert from "node:assert/strict";
import { test } from "node:test";
import { serverProperties } from "./server-properties.ts";

const lines = serverProperties({ logs: "/data/kafka/logs", port: 1234, controllerPort: 1235 }).split("\n");

test("every listener is on the loopback interface", () => {
  const listeners = lines.filter((line) => /^(advertised\.)?listeners=|voters=/.test(line));
  assert.equal(listeners.length, 3);
  for (const line of listeners) assert.match(line, /127\.0\.0\.1:123[45]/);
});

test("a single node replicates nothing and waits for nobody", () => {
  const replication = lines.filter((line) => /replication\.factor=/.test(line));
  assert.equal(replication.length, 4);
  for (const line of replication) assert.match(line, /=1$/);
  assert.ok(lines.includes("group.initial.rebalance.delay.ms=0"));
  assert.ok(lines.includes("message.max.bytes=12582912"));
});
