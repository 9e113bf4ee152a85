import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connection } from "./engine.ts";
import { createKeptConnections } from "./kept-connections.ts";

const closed: string[] = [];
const named = (name: string): Connection => ({
  run: () => assert.fail("Nothing is asked"),
  close: () => void closed.push(name),
});

test("the last that was given of a state is taken, once; beyond the most, the oldest is closed", () => {
  closed.length = 0;
  const kept = createKeptConnections({ most: 2 });
  const [a, b, c] = [named("a"), named("b"), named("c")];
  kept.give("x", a);
  kept.give("y", b);
  kept.give("x", c);
  assert.deepEqual(closed, ["a"]);
  assert.equal(kept.take("x"), c);
  assert.equal(kept.take("x"), undefined);
  assert.equal(kept.take("z"), undefined);
  kept.close();
  assert.deepEqual(closed, ["a", "b"]);
});
