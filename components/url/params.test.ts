import assert from "node:assert/strict";
import { test } from "node:test";
import { hrefOf, paramsOf, staying, withPatch } from "./params.ts";

for (const { name, from, patch, to } of [
  { name: "a value sets", from: "a=1", patch: { b: "2" }, to: "a=1&b=2" },
  { name: "a value replaces all of its key", from: "a=1&a=2", patch: { a: "3" }, to: "a=3" },
  {
    name: "a list repeats the key",
    from: "",
    patch: { state: ["failed", "running"] },
    to: "state=failed&state=running",
  },
  { name: "null removes", from: "a=1&b=2", patch: { a: null }, to: "b=2" },
  { name: "an empty list removes", from: "a=1", patch: { a: [] }, to: "" },
]) {
  test(name, () => assert.equal(withPatch(new URLSearchParams(from), patch).toString(), to));
}

test("a patch leaves what it was given alone", () => {
  const given = new URLSearchParams("a=1");
  withPatch(given, { a: "2" });
  assert.equal(given.get("a"), "1");
});

test("another page keeps time, zone and live, and nothing else", () => {
  const params = new URLSearchParams("range=6h&state=failed&tz=local&sort=duration&live=off");
  assert.equal(staying(params).toString(), "range=6h&tz=local&live=off");
});

test("a server's parameters keep their repeats", () => {
  assert.equal(paramsOf({ a: ["1", "2"], b: "3", c: undefined }).toString(), "a=1&a=2&b=3");
});

test("an address without parameters has no question mark, and times stay readable", () => {
  assert.equal(hrefOf("/sagas", new URLSearchParams()), "/sagas");
  assert.equal(
    hrefOf("/", new URLSearchParams({ from: "2026-11-23T10:00:00.000Z" })),
    "/?from=2026-11-23T10:00:00.000Z",
  );
});
