import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { demoTopics } from "./messages.ts";

const example = `${import.meta.dirname}/../../docs/examples/order-topics.yaml`;

test("the topics that the docs show can be made beside the demo's", () => {
  // Kafka makes no topic whose name differs from another's only in dots and underscores.
  const asKafkaTells = (topic: string) => topic.replaceAll(".", "_");
  const shown: string[] = parse(readFileSync(example, "utf8")).topics.map(({ topic }: { topic: string }) => topic);
  const demo = demoTopics.map(asKafkaTells);
  assert.deepEqual(
    shown.filter((topic) => demo.includes(asKafkaTells(topic))),
    [],
  );
});
