import assert from "node:assert/strict";
import { test } from "node:test";
import { endOf, type LogCursor } from "./list-logs.ts";

const line = (second: number, key: string) => ({
  key,
  log: { time: timeOf(second), severity: "", service: "", body: "", traceId: "", spanId: "", attributes: {} },
});
const timeOf = (second: number) => `2026-06-01T00:00:0${second}.000000000Z`;
const at = (second: number, key: string, given: number): LogCursor => ({ time: timeOf(second), key, given });

for (const { name, listed, before, end } of [
  { name: "nothing has no end", listed: [], before: undefined, end: undefined },
  { name: "a line alone", listed: [line(3, "a"), line(2, "a")], before: undefined, end: at(2, "a", 1) },
  {
    name: "the same line twice",
    listed: [line(2, "b"), line(2, "a"), line(2, "a")],
    before: undefined,
    end: at(2, "a", 2),
  },
  { name: "the same line on the page before too", listed: [line(2, "a")], before: at(2, "a", 2), end: at(2, "a", 3) },
  { name: "the same moment, another line", listed: [line(2, "a")], before: at(2, "b", 2), end: at(2, "a", 1) },
])
  test(`where a page of lines ends: ${name}`, () => assert.deepEqual(endOf(listed, before), end));
