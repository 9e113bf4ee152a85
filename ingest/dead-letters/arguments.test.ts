import assert from "node:assert/strict";
import { test } from "node:test";
import { readCommand } from "./arguments.ts";

const nowMs = Date.UTC(2026, 0, 2);

test("a list by filters", () => {
  const command = readCommand(["list", "--topic", "a", "--topic", "b", "--reason", "bad_time", "--since", "2h"], nowMs);
  assert.deepEqual([command.topics, command.reasons, command.states], [["a", "b"], ["bad_time"], []]);
  assert.equal(command.sinceMs, nowMs - 7_200_000);
});

test("a replay takes what waits for somebody", () => {
  assert.deepEqual(readCommand(["replay", "--reason", "bad_time"], nowMs).states, ["dead", "interrupted"]);
});

test("ids are read in both spellings", () => {
  assert.deepEqual(readCommand(["replay", "saga.events/3/7", "t:0:1"], nowMs).ids, ["saga.events:3:7", "t:0:1"]);
});

test("what is set comes together in one patch, and what is removed stays so", () => {
  const set = ["--set", "data.step=pay", "--set", "data.attempt=2", "--set", "id=5", "--set", "data.error=null"];
  assert.deepEqual(readCommand(["replay", "t:0:1", ...set], nowMs).set, {
    data: { step: "pay", attempt: 2, error: null },
    id: 5,
  });
});

test("a value that is set may be a list", () => {
  assert.deepEqual(readCommand(["replay", "t:0:1", "--set", 'data.plan=["a=b"]'], nowMs).set, {
    data: { plan: ["a=b"] },
  });
});

for (const { name, args, says } of [
  { name: "nothing", args: [], says: /Say what to do/ },
  { name: "another verb", args: ["remove"], says: /no “remove”/ },
  { name: "a replay of everything", args: ["replay"], says: /wants IDs, or a filter/ },
  { name: "ids beside a filter", args: ["replay", "t:0:1", "--reason", "x"], says: /not both/ },
  { name: "one value for many", args: ["replay", "--reason", "x", "--edit", "f"], says: /for one letter/ },
  { name: "two edits", args: ["replay", "t:0:1", "--edit", "f", "--set", "a=1"], says: /one of/ },
  { name: "no place", args: ["show", "x"], says: /is no ID/ },
  { name: "an unknown flag", args: ["list", "--all"], says: /--all/ },
  { name: "an unknown state", args: ["list", "--state", "odd"], says: /--state/ },
  {
    name: "an unknown reason",
    args: ["list", "--reason", "nope"],
    says: /--reason: “nope” is none of tombstone, .*, store_refused; for several give it again\./,
  },
  {
    name: "two reasons in one",
    args: ["list", "--reason", "bad_time,bad_text"],
    says: /--reason: “bad_time,bad_text” is/,
  },
  {
    name: "a path into a list",
    args: ["replay", "t:0:1", "--set", "resourceSpans[0].scopeSpans[0].spans[0].spanId=00f067aa0ba902b7"],
    says: /--set resourceSpans\[0\].*: no path leads into a list\. .*--edit FILE/,
  },
  { name: "no time", args: ["list", "--since", "yesterday"], says: /--since wants/ },
  { name: "a rate of nothing", args: ["replay", "t:0:1", "--rate", "0"], says: /--rate/ },
])
  test(`${name} is refused with how it is used`, () => {
    assert.throws(() => readCommand(args, nowMs), { code: "BAD_REQUEST", message: says });
    assert.throws(() => readCommand(args, nowMs), { message: /npm run ingest -- dead-letters/ });
  });
