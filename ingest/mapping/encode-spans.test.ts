import assert from "node:assert/strict";
import { test } from "node:test";
import { deadLetterRows } from "#ingest/dead-letter-row.ts";
import { otlpEncoder } from "#ingest/otlp/encode-otlp.ts";
import { bytesOf, message, neverAborted } from "#ingest/testing.ts";
import { mappedSpansEncoder } from "./encode-spans.ts";
import { exampleMapping, spanRequest } from "./testing.ts";

test("spans of one message that die of either reading are letters apart, each a span and no message", async () => {
  const { spans } = exampleMapping("spans.yaml");
  assert.ok(spans);
  const attributes = { "saga.id": "s", "saga.type": "trip", "saga.step": "pay", "saga.attempt": 0 };
  const bad = { attributes, startTimeUnixNano: "5" };
  const read = [
    message(JSON.stringify(spanRequest([{ attributes }, { attributes }, bad, bad])), { topic: "otlp_spans" }),
  ];
  const settle = () => Promise.resolve(new Map());
  const partsOf = async (encode: ReturnType<typeof otlpEncoder>) => {
    const { dead } = await encode(read, neverAborted);
    const lines = bytesOf(deadLetterRows(dead, 0)).toString().trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line)[9]);
  };
  assert.deepEqual(await partsOf(otlpEncoder("traces")), [1, 2]);
  assert.deepEqual(await partsOf(mappedSpansEncoder(spans, settle)), [1_000_000_000, 1_000_000_001]);
});
