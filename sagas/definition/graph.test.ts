import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import {
  type Block,
  choice,
  type Process,
  parallel,
  type Running,
  runProcess,
  sequence,
  step,
  trueEdges,
} from "./generated-processes.ts";
import { type Graph, graphOf } from "./graph.ts";
import { emptyTally, tallyHistory } from "./tally.ts";
import { edgeKey } from "./transitions.ts";

function chanceOf(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformInt(generator, 0, 2 ** 30 - 1) / 2 ** 30;
}

function mine(process: Process, running: Omit<Running, "chance">, { sagas = 400, seed = 1 } = {}): Graph {
  const tally = emptyTally();
  const chance = chanceOf(seed);
  for (let index = 0; index < sagas; index++)
    tallyHistory(tally, runProcess(process, `s${index}`, { ...running, chance }));
  return graphOf(tally);
}

const edgesOf = (graph: Graph) => graph.edges.map(({ from, to }) => edgeKey(from, to)).sort();

/** Blocks in blocks, three deep at most; each step has a name of its own. */
const { block: anyBlock } = fc.letrec<{ block: Block }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 3, depthSize: "large", depthIdentifier: "block" },
    fc
      .record({ usualMs: fc.integer({ min: 60, max: 240 }), retryOdds: fc.constantFrom(0, 0, 0.2) })
      .map(({ usualMs, retryOdds }) => step("", usualMs, retryOdds)),
    fc
      .record({
        kind: fc.constantFrom("sequence", "sequence", "parallel", "choice" as const),
        blocks: fc.array(tie("block"), { minLength: 2, maxLength: 3, depthIdentifier: "block" }),
      })
      .map(({ kind, blocks }): Block => ({ kind, blocks })),
  ),
}));

const anyProcess: fc.Arbitrary<Process> = fc
  .array(anyBlock, { minLength: 2, maxLength: 4 })
  .map((blocks) => ({ block: named({ kind: "sequence", blocks }, { next: 1 }) }));

function named(block: Block, names: { next: number }): Block {
  if (block.kind === "step") return { ...block, name: `s${names.next++}` };
  return { ...block, blocks: block.blocks.map((one) => named(one, names)) };
}

const processes: { name: string; process: Process }[] = [
  { name: "a sequence", process: { block: sequence(step("a"), step("b", 20), step("c", 400)) } },
  {
    name: "a split and a join",
    process: { block: sequence(step("a"), parallel(step("b", 200), step("c", 260)), step("d")) },
  },
  {
    name: "three branches, one of two steps",
    process: {
      block: sequence(
        step("a"),
        parallel(sequence(step("b", 200), step("c", 90)), step("d", 280), step("e", 300)),
        step("f"),
      ),
    },
  },
  { name: "a choice", process: { block: sequence(step("a"), choice(step("b"), step("c", 30)), step("d", 50)) } },
  {
    name: "a choice between two splits",
    process: {
      block: choice(
        sequence(step("a"), parallel(step("b", 150), step("c", 180))),
        sequence(step("d"), parallel(step("e", 150), step("f", 180))),
      ),
    },
  },
  { name: "a step that is retried", process: { block: sequence(step("a"), step("b", 120, 0.3), step("c")) } },
  {
    name: "compensation in reverse order",
    process: { block: sequence(step("a"), step("b", 40), step("c", 300), step("d")), failOdds: 0.15 },
  },
];

describe("with causes the edges are exactly the true ones", () => {
  for (const { name, process } of processes) {
    for (const tellsStart of [true, false]) {
      test(`${name}${tellsStart ? "" : ", of which only the ends are told"}`, () => {
        const graph = mine(process, { isCaused: true, jitterMs: 100, tellsStart });
        assert.deepEqual(edgesOf(graph), trueEdges(process));
        assert.ok(graph.edges.every(({ isGiven }) => isGiven));
      });
    }
  }

  test("any process", () => {
    fc.assert(
      fc.property(anyProcess, fc.nat(), (process, seed) => {
        const running = { isCaused: true, jitterMs: 250, tellsStart: true };
        const truth = trueEdges(process);
        const edges = edgesOf(mine(process, running, { sagas: 600, seed }));
        assert.deepEqual(
          edges.filter((edge) => !truth.includes(edge)),
          [],
        );
        // What few of them do, it may be that none of these did.
        const isSeldom = edges.length < truth.length;
        assert.deepEqual(isSeldom ? edgesOf(mine(process, running, { sagas: 12_000, seed })) : edges, truth);
      }),
      { numRuns: 60 },
    );
  });
});

describe("without causes, and right clocks, the edges of these processes are the true ones", () => {
  for (const { name, process } of processes) {
    test(name, () => {
      const graph = mine(process, { isCaused: false, jitterMs: 0, tellsStart: true });
      assert.deepEqual(edgesOf(graph), trueEdges(process));
      assert.ok(graph.edges.every(({ isGiven }) => !isGiven));
    });
  }
});

/** How many of the edges found are true, and how many of the true ones are found, over many processes. */
function measure(running: Omit<Running, "chance">, sagas: number): { precision: number; recall: number } {
  let [hits, found, wanted] = [0, 0, 0];
  for (const [seed, process] of fc.sample(anyProcess, { numRuns: 80, seed: 7 }).entries()) {
    const truth = new Set(trueEdges(process));
    const edges = edgesOf(mine(process, running, { sagas, seed }));
    hits += edges.filter((edge) => truth.has(edge)).length;
    found += edges.length;
    wanted += truth.size;
  }
  return { precision: hits / found, recall: hits / wanted };
}

describe("without causes most edges are true, and most true ones are found", () => {
  for (const { name, jitterMs, tellsStart, least } of [
    { name: "right clocks", jitterMs: 0, tellsStart: true, least: { precision: 0.97, recall: 0.99 } },
    { name: "clocks off by 20 ms", jitterMs: 20, tellsStart: true, least: { precision: 0.97, recall: 0.99 } },
    // As long as the shortest steps take: hardly any order can be told from times then.
    { name: "clocks off by 50 ms", jitterMs: 50, tellsStart: true, least: { precision: 0.65, recall: 0.95 } },
    { name: "only ends told, off by 5 ms", jitterMs: 5, tellsStart: false, least: { precision: 0.98, recall: 0.93 } },
  ]) {
    test(name, () => {
      const { precision, recall } = measure({ isCaused: false, jitterMs, tellsStart }, 300);
      assert.ok(precision >= least.precision, `precision ${precision}`);
      assert.ok(recall >= least.recall, `recall ${recall}`);
    });
  }
});
