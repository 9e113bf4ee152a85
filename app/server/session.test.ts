import assert from "node:assert/strict";
import { test } from "node:test";
import { cookieName, createSession, isSame, isSession, sessionSeconds } from "./session.ts";

const token = "a token of sixteen or more";
const nowMs = Date.UTC(2026, 5, 1);
const cookie = createSession(token, nowMs);

for (const { name, given, atMs = nowMs, under = token, good } of [
  { name: "a session just made", given: cookie, good: true },
  { name: "a session at its last second", given: cookie, atMs: nowMs + (sessionSeconds - 1) * 1000, good: true },
  { name: "a session run out", given: cookie, atMs: nowMs + sessionSeconds * 1000, good: false },
  { name: "a session from the future", given: cookie, atMs: nowMs - 3_600_000, good: false },
  { name: "a session of another token", given: cookie, under: "another token altogether", good: false },
  { name: "a later date under the old signature", given: cookie.replace(/^v1\.\d+/, "v1.9999999999"), good: false },
  { name: "a signature cut short", given: cookie.slice(0, -1), good: false },
  { name: "the token itself", given: token, good: false },
  { name: "nothing", given: undefined, good: false },
  { name: "an empty one", given: "", good: false },
]) {
  test(`session: ${name}`, () => assert.equal(isSession(under, { cookie: given, nowMs: atMs }), good));
}

test("a cookie does not hold the token", () => assert.ok(!cookie.includes(token)));
test("two stacks have two cookies", () => assert.notEqual(cookieName(token), cookieName("another token altogether")));
test("secrets of different lengths are different", () => assert.equal(isSame("a", "ab"), false));
