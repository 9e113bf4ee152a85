import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { boundsOf, bucketOf, count, quantileAtMost, quantileOf } from "#sagas/histogram.ts";
import type { Execution, History } from "#sagas/history.ts";
import { rowsOf } from "#sagas/history-cases.ts";
import { fewestWaits, learnedLimit, leastLimitMs } from "./limits.ts";
import { type Moves, tallyMoves } from "./moves.ts";
import { fewestPeers, type Outlook, outlookOf } from "./outlook.ts";
import { lastPosition, momentsOf, readPosition } from "./position.ts";

/** A saga that works on `a` for so long, and then completes, or fails and undoes nothing. */
function saga(id: string, workMs: number, isFailing: boolean): History {
  const told = { compensates: "", startId: "", endId: "", cause: "" };
  const outcome = isFailing ? "failed" : "completed";
  const executions: Execution[] = [{ ...told, name: "a", attempt: 1, startedMs: 10, endedMs: 10 + workMs, outcome }];
  const end = { kind: isFailing ? ("failed" as const) : ("completed" as const), atMs: 20 + workMs, cause: "" };
  return { id, startedMs: 0, startId: "", end, executions };
}

function movesOf(histories: readonly History[], position: string) {
  const moves: Moves = new Map();
  for (const history of histories) tallyMoves(moves, history);
  return [...moves.values()].filter((move) => move.position === position);
}

const working = "step.started a 1";
const known = (outlook: ReturnType<typeof outlookOf>): Outlook => {
  if (typeof outlook === "string") assert.fail(outlook);
  return outlook;
};

/** Of 100 sagas 90 complete after a second, and ten fail after ten. */
const mixed = [
  ...Array.from({ length: 90 }, (_, index) => saga(`good${index}`, 1_000, false)),
  ...Array.from({ length: 10 }, (_, index) => saga(`bad${index}`, 10_000, true)),
];

describe("an outlook", () => {
  test("tells what peers did from the same position", () => {
    const { peers, next, failing, failed, compensated, remainingSteps, leftMs } = known(
      outlookOf(movesOf(mixed, working), 0),
    );
    assert.deepEqual(
      { peers, remainingSteps, failed, compensated },
      { peers: 100, remainingSteps: 0, failed: 0.1, compensated: 0 },
    );
    assert.deepEqual(
      next.map(({ node, odds }) => [node, odds]),
      [
        ["end completed", 0.9],
        ["end failed", 0.1],
      ],
    );
    assert.ok(failing.low < 0.1 && failing.high > 0.1 && Math.abs(failing.odds - 0.1) < 1e-9);
    assert.ok(leftMs.p50 > 900 && leftMs.p50 < 1_200, `p50 ${leftMs.p50}`);
  });

  test("of who has waited longer counts only those that did, too", () => {
    const many = [...mixed, ...Array.from({ length: 20 }, (_, index) => saga(`worse${index}`, 9_000, true))];
    const { peers, failing, leftMs } = known(outlookOf(movesOf(many, working), 2_000));
    assert.deepEqual({ peers, odds: failing.odds }, { peers: 30, odds: 1 });
    assert.ok(leftMs.p50 > 8_000 && leftMs.p90 < 12_000);
  });

  test("says why there is none", () => {
    assert.equal(outlookOf([], 0), "too_few_peers");
    assert.equal(outlookOf(movesOf(mixed.slice(0, fewestPeers - 1), working), 0), "too_few_peers");
    assert.equal(outlookOf(movesOf(mixed, working), 2_000), "waits_longer_than_peers");
  });

  test("an open saga is no peer, and what follows an end is no position", () => {
    const open = { ...saga("open", 1_000, false), end: null };
    const [move] = movesOf([open], "started");
    assert.equal(outlookOf(move ? Array.from({ length: 30 }, () => move) : [], 0), "too_few_peers");
    assert.deepEqual(
      momentsOf(saga("s", 1_000, false)).map(({ position, begins }) => [position, begins]),
      [
        ["started", null],
        [working, "step a"],
        ["step.completed a 1", null],
        ["completed", "end completed"],
      ],
    );
  });
});

test("a saga's last position is the same from its events and from its history", () => {
  const rows = rowsOf({ events: [{ type: "started" }, { type: "step.failed", step: "a", attempt: 9 }] });
  assert.equal(lastPosition(rows.toReversed())?.position, "step.failed a 5");
  assert.deepEqual(readPosition("step.failed a step 5"), { eventType: "saga.step.failed", step: "a step", attempt: 5 });
  assert.deepEqual(readPosition("started"), { eventType: "saga.started", step: "", attempt: 0 });
});

describe("a learned limit", () => {
  const waits = (times: number, ms: number) => new Map([[bucketOf(ms) << 2, times]]);

  test("wants enough waits", () => {
    assert.equal(learnedLimit(waits(fewestWaits - 1, 60_000)), undefined);
  });

  test("is as long as all but one in a thousand waits, and no shorter than its floor", () => {
    const limit = learnedLimit(waits(fewestWaits, 60_000));
    assert.ok(limit && limit.limitMs >= 60_000 && limit.limitMs < 63_000);
    assert.deepEqual(learnedLimit(waits(5_000, 10)), { limitMs: leastLimitMs, samples: 5_000 });
    const rare = new Map([...waits(99_950, 1_000), ...waits(50, 3_600_000)]);
    assert.equal(learnedLimit(rare)?.limitMs, leastLimitMs);
  });
});

describe("a histogram", () => {
  test("knows each duration to within its bucket", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3e9, noNaN: true }), (ms) => {
        const [fromMs, toMs] = boundsOf(bucketOf(ms));
        assert.ok(ms >= fromMs * (1 - 1e-12) && ms <= toMs * (1 + 1e-12), `${ms} in ${fromMs} to ${toMs}`);
      }),
    );
  });

  test("tells quantiles to within a bucket", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 1e8, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.5, 0.9, 0.999),
        (all, level) => {
          const histogram = new Map<number, number>();
          for (const ms of all) count(histogram, bucketOf(ms));
          const exact = [...all].sort((a, b) => a - b)[Math.ceil(all.length * level) - 1] ?? 0;
          const found = quantileOf(histogram, level) ?? 0;
          assert.ok(found >= exact / 1.0443 - 1e-9 && found <= exact * 1.0443 + 1e-9, `${found} for ${exact}`);
          assert.ok((quantileAtMost(histogram, level) ?? 0) >= exact * (1 - 1e-12));
        },
      ),
    );
  });
});
