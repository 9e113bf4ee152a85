import assert from "node:assert/strict";
import { test } from "node:test";
import { Taken } from "./taken.ts";

const block = (token: string, bytes = 1) => ({ table: "otel_logs" as const, token, body: [new Uint8Array(bytes)] });

function takenAt(...blocks: [number, ReturnType<typeof block> | undefined][]): Taken {
  const taken = new Taken();
  taken.knownFor(20_000);
  for (const [atMs, each] of blocks) taken.add("otel_logs", atMs, each);
  return taken;
}

for (const { name, blocks, nowMs, token } of [
  { name: "nothing was taken", blocks: [], nowMs: 0, token: undefined },
  {
    name: "the last is the witness",
    blocks: [
      [0, block("a")],
      [1, block("b")],
    ],
    nowMs: 2,
    token: "b",
  },
  { name: "half of the time that its token is known", blocks: [[0, block("a")]], nowMs: 10_000, token: "a" },
  { name: "not longer", blocks: [[0, block("a")]], nowMs: 10_001, token: undefined },
  {
    name: "not longer for being taken again",
    blocks: [
      [0, block("a")],
      [9_000, block("a")],
    ],
    nowMs: 10_001,
    token: undefined,
  },
  {
    name: "what cannot be sent again is none",
    blocks: [
      [0, block("a")],
      [1, undefined],
    ],
    nowMs: 2,
    token: "a",
  },
  {
    name: "nor what is large",
    blocks: [
      [0, block("a")],
      [1, block("b", 2_000_000)],
    ],
    nowMs: 2,
    token: "a",
  },
] satisfies {
  name: string;
  blocks: [number, ReturnType<typeof block> | undefined][];
  nowMs: number;
  token: string | undefined;
}[])
  test(name, () => {
    const taken = takenAt(...blocks);
    assert.equal(taken.witness("otel_logs", nowMs)?.token, token);
    assert.equal(taken.witness("otel_traces", nowMs), undefined);
    assert.equal(taken.count("otel_logs"), blocks.length);
  });
