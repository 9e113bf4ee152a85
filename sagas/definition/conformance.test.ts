import assert from "node:assert/strict";
import { test } from "node:test";
import type { Execution, History } from "#sagas/history.ts";
import { conformanceOf, unusualEdges } from "./conformance.ts";
import { addTally, type DefinitionTally, emptyTally, tallyHistory } from "./tally.ts";
import { pathOf, transitionsOf } from "./transitions.ts";

/** A saga whose steps ran one after the other. */
function saga(id: string, steps: readonly string[], { isCaused = true } = {}): History {
  const executions = steps.map((name, index): Execution => {
    const startedMs = 1000 * index;
    const cause = index === 0 ? "start" : `${index - 1}`;
    const ids = { startId: "", endId: `${index}`, cause: isCaused ? cause : "" };
    return { name, compensates: "", attempt: 1, startedMs, endedMs: startedMs + 500, outcome: "completed", ...ids };
  });
  const cause = isCaused ? `${steps.length - 1}` : "";
  return {
    id,
    startedMs: 0,
    startId: "start",
    end: { kind: "completed", atMs: 1000 * steps.length, cause },
    executions,
  };
}

function tallyOf(histories: readonly History[]): DefinitionTally {
  const tally = emptyTally();
  for (const history of histories) tallyHistory(tally, history);
  return tally;
}

const many = (count: number, steps: readonly string[], isCaused = true) =>
  Array.from({ length: count }, (_, index) =>
    saga(`${steps.join("")}-${String(index).padStart(4, "0")}`, steps, { isCaused }),
  );

for (const isCaused of [true, false]) {
  const given = isCaused ? "by causes" : "by times";

  test(`a saga that skips a step leaves the usual path, ${given}`, () => {
    const tally = tallyOf([...many(995, ["a", "b", "c"], isCaused), ...many(5, ["a", "c"], isCaused)]);
    const { usual, sagas, unusualPaths } = conformanceOf(tally);
    assert.deepEqual({ usual, sagas }, { usual: 995, sagas: 1000 });
    assert.deepEqual(unusualPaths, [
      {
        sagas: 5,
        examples: ["ac-0000", "ac-0001", "ac-0002", "ac-0003", "ac-0004"],
        unusual: [{ from: "step a", to: "step c", sagas: 5, of: 1000 }],
      },
    ]);
  });
}

test("what one in a hundred does is usual, and of few sagas nothing is unusual", () => {
  assert.equal(conformanceOf(tallyOf([...many(990, ["a", "b"]), ...many(10, ["a", "c"])])).unusualPaths.length, 0);
  assert.equal(conformanceOf(tallyOf([...many(98, ["a", "b"]), ...many(1, ["a", "c"])])).unusualPaths.length, 0);
});

test("a path that no saga has gone yet is unusual where many have come to its beginning", () => {
  const tally = tallyOf(many(200, ["a", "b"]));
  const path = pathOf(transitionsOf(saga("new", ["b", "a"])).taken);
  assert.deepEqual(
    unusualEdges(tally, path).map(({ from, to, sagas }) => `${from} > ${to}: ${sagas}`),
    ["start > step b: 0", "step a > end completed: 0", "step b > step a: 0"],
  );
});

test("tallies of parts add up to that of the whole, in any order", () => {
  const histories = [...many(30, ["a", "b", "c"]), ...many(8, ["a", "c"], false), ...many(7, ["c", "a", "b"], false)];
  const [first, second] = [tallyOf(histories.slice(0, 20)), tallyOf(histories.slice(20).reverse())];
  const sum = emptyTally();
  addTally(sum, second);
  addTally(sum, first);
  assert.deepEqual(sum, tallyOf(histories));
});
