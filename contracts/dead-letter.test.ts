import assert from "node:assert/strict";
import { test } from "node:test";
import { letterId, readPlace, writeReplayHeader } from "./dead-letter.ts";

for (const { text, place } of [
  { text: "saga.events:3:10482", place: { topic: "saga.events", partition: 3, offset: "10482", part: 0 } },
  { text: "saga.events/3/10482", place: { topic: "saga.events", partition: 3, offset: "10482", part: 0 } },
  { text: "otlp_spans:0:17:2", place: { topic: "otlp_spans", partition: 0, offset: "17", part: 2 } },
  { text: "t:0:18446744073709551615", place: { topic: "t", partition: 0, offset: "18446744073709551615", part: 0 } },
  { text: "t:0:007", place: { topic: "t", partition: 0, offset: "7", part: 0 } },
  { text: "saga.events:3", place: undefined },
  { text: "saga events:3:1", place: undefined },
  { text: "t:-1:1", place: undefined },
  { text: "t:0:1:0", place: undefined },
  { text: "", place: undefined },
])
  test(`the place that “${text}” names`, () => assert.deepEqual(readPlace(text), place));

test("a letter's id and header lead back to its place", () => {
  const place = { topic: "saga.events", partition: 3, offset: "10482", part: 0 };
  assert.deepEqual(readPlace(letterId(place)), place);
  assert.deepEqual(readPlace(writeReplayHeader(place)), place);
  assert.deepEqual(readPlace(letterId({ ...place, part: 4 })), { ...place, part: 4 });
});
