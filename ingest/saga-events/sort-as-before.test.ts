import assert from "node:assert/strict";
import { test } from "node:test";
import { event, message } from "#ingest/testing.ts";
import { daysAnInsert } from "#store/clickhouse/inserts/saga-days.ts";
import { sortAsBefore } from "./sort-as-before.ts";

const line = JSON.stringify(event());

for (const [name, value] of [
  ["an event", line],
  ["escapes of JSON", line.replace("event-1", '\\"\\\\\\/\\b\\f\\n\\r\\t')],
  ["letters of any language", line.replace("event-1", "ä👟")],
  ["what is no event", line.replace("saga.step.completed", "saga.begun")],
  ["a message cut at its end", line.slice(0, -5)],
] as const)
  test(`${name} was plain`, () => assert.equal(sortAsBefore([message(value)]).plain.length, 1));

for (const [name, value, headers] of [
  ["a tombstone", null, {}],
  ["no object", "[]", {}],
  ["not UTF-8", Buffer.concat([Buffer.from('{"sagastarted":"'), Buffer.from([0xff]), Buffer.from('"}')]), {}],
  ["an escape", line.replace("event-1", "event\\u0031"), {}],
  ["NUL", line.replace("event-1", "event\0"), {}],
  ["a line feed between fields", line.replace(",", ",\n"), {}],
  ["a form feed at the end", `${line}\f`, {}],
  ["an escape of another language", line.replace("event-1", "event\\q1"), {}],
  ["a backslash at the end", `${line}\\`, {}],
  ["a label that no object of JavaScript keeps", line.replace('"data":{', '"data":{"labels":{"__proto__":"x"},'), {}],
  ["a payload", JSON.stringify(event({ data: { step: "a", payload: {} } })), {}],
  ["no sagastarted", JSON.stringify(event({ sagastarted: undefined })), {}],
  ["two words for sagastarted", JSON.stringify(event({ data: { step: "a", sagastarted: "2026-01-01" } })), {}],
  ["binary mode", line, { ce_specversion: "1.0" }],
  ["too much", JSON.stringify(event({ x: "x".repeat(1_048_576) })), {}],
] as const)
  test(`${name} was odd`, () => assert.equal(sortAsBefore([message(value, { headers })]).odd.length, 1));

test("all were odd where sagas began on more days than one insert may touch", () => {
  const messages = Array.from({ length: daysAnInsert + 1 }, (_, index) =>
    message(JSON.stringify(event({ sagastarted: new Date(Date.UTC(2020, index, 1)).toISOString() }))),
  );
  assert.deepEqual(sortAsBefore(messages), { plain: [], odd: messages });
  assert.equal(sortAsBefore(messages.slice(1)).plain.length, daysAnInsert);
});
