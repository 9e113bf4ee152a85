import assert from "node:assert/strict";
import { test } from "node:test";
import { SagaEvent } from "#contracts/saga-event.ts";
import { settleTogether } from "./settle-starts.ts";
import { event, neverAborted } from "./testing.ts";

const at = (time: string, more: Record<string, unknown> = {}) =>
  SagaEvent.parse(event({ correlationid: "s", time, sagastarted: undefined, ...more }));

test("two readers that meet a saga at once give it one start", async () => {
  const settle = settleTogether(async () => new Map());
  const [one, other] = await Promise.all([
    settle([at("2026-01-02T03:04:05Z")], neverAborted),
    settle([at("2026-01-02T03:04:01Z")], neverAborted),
  ]);
  assert.equal(one.get("s"), other.get("s"));
  assert.equal(one.get("s"), 1_767_323_045_000);
});

test("what the store knows counts before what was given", async () => {
  const known = new Map<string, number>();
  const settle = settleTogether(async () => known);
  await settle([at("2026-01-02T03:04:05Z")], neverAborted);
  known.set("s", 1_767_000_000_000);
  assert.equal((await settle([at("2026-01-02T03:04:06Z")], neverAborted)).get("s"), 1_767_000_000_000);
});

test("a start that an event said counts for those that come later by another topic", async () => {
  const settle = settleTogether(async () => new Map());
  await settle([at("2026-01-02T03:04:05Z", { sagastarted: "2026-01-02T03:00:00Z" })], neverAborted);
  assert.equal((await settle([at("2026-01-02T03:04:06Z")], neverAborted)).get("s"), 1_767_322_800_000);
});
