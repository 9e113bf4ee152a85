import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { leftOutMs, pickNode } from "./pick-node.ts";

const nowMs = 1_000_000;
const well = { failedAtMs: undefined };
const failed = (agoMs: number) => ({ failedAtMs: nowMs - agoMs });

for (const { name, nodes, turn = 0, tried = [], picked } of [
  { name: "the first at first", nodes: [well, well, well], picked: 0 },
  { name: "the next in its turn", nodes: [well, well, well], turn: 4, picked: 1 },
  { name: "the one after a node that just failed", nodes: [failed(10), well, well], picked: 1 },
  { name: "a node again after some seconds", nodes: [failed(leftOutMs), well], picked: 0 },
  { name: "the one that failed longest ago where all have", nodes: [failed(1), failed(3), failed(2)], picked: 1 },
  { name: "none twice", nodes: [well, well], tried: [0], picked: 1 },
  { name: "a failed one rather than none", nodes: [failed(1), well], tried: [1], picked: 0 },
  { name: "none once all were tried", nodes: [well, well], tried: [0, 1], picked: undefined },
])
  test(`picks ${name}`, () => assert.equal(pickNode(nodes, { turn, nowMs, tried: new Set(tried) }), picked));

test("every node is tried once before it gives up, those that are well first", () => {
  const node = fc.option(fc.nat(2 * leftOutMs), { nil: undefined });
  fc.assert(
    fc.property(fc.array(node, { minLength: 1, maxLength: 8 }), fc.nat(), (ages, turn) => {
      const nodes = ages.map((ago) => (ago === undefined ? well : failed(ago)));
      const tried = new Set<number>();
      for (let picked = pickNode(nodes, { turn, nowMs, tried }); picked !== undefined; ) {
        assert.ok(!tried.has(picked));
        tried.add(picked);
        picked = pickNode(nodes, { turn, nowMs, tried });
      }
      const isWell = (index: number) => (ages[index] ?? leftOutMs) >= leftOutMs;
      const order = [...tried].map(isWell);
      assert.deepEqual(
        order,
        order.toSorted((a, b) => Number(b) - Number(a)),
      );
      assert.equal(tried.size, nodes.length);
    }),
  );
});
