import assert from "node:assert/strict";
import { before, describe, type TestContext, test } from "node:test";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Execution, History } from "#sagas/history.ts";
import { demoDay } from "./demo-day.ts";
import { type Moves, type MoveTally, tallyMoves } from "./moves.ts";
import { type Outlook, outlookOf } from "./outlook.ts";
import { momentsOf } from "./position.ts";

/** What was said of a held-back saga at a moment of its life, and what came of it. */
interface Prediction {
  readonly said: Outlook;
  readonly hasFailed: boolean;
  /** From when it came into its position to its end. */
  readonly leftMs: number;
  /** What began next, or the end. */
  readonly next: string;
}

function chanceOf(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformInt(generator, 0, 2 ** 30 - 1) / 2 ** 30;
}

/**
 * Learns from every other saga, and predicts the rest at random moments: on average one in `everyMs` of the time that they
 * run, so that whoever takes long is looked at more often, as by people.
 */
function predictionsOf(histories: readonly History[], { everyMs }: { everyMs: number }): Prediction[] {
  const moves: Moves = new Map();
  for (const [index, history] of histories.entries()) if (index % 2 === 0) tallyMoves(moves, history);
  const byPosition = Map.groupBy(moves.values(), ({ position }) => position);
  const chance = chanceOf(11);
  return histories.flatMap((history, index) =>
    index % 2 === 0 ? [] : predict(history, { byPosition, everyMs, chance }),
  );
}

function predict(
  history: History,
  { byPosition, everyMs, chance }: { byPosition: Map<string, MoveTally[]>; everyMs: number; chance: () => number },
): Prediction[] {
  const { end, startedMs } = history;
  const moments = momentsOf(history);
  const found: Prediction[] = [];
  let atMs = startedMs - Math.log(1 - chance()) * everyMs;
  for (; end && atMs < end.atMs; atMs -= Math.log(1 - chance()) * everyMs) {
    const index = moments.findLastIndex((moment) => moment.atMs <= atMs);
    const place = moments[index];
    if (!place) continue;
    const said = outlookOf(byPosition.get(place.position) ?? [], atMs - place.atMs);
    if (typeof said === "string") continue;
    const next = moments.slice(index + 1).find(({ begins }) => begins !== null)?.begins ?? "";
    found.push({ said, hasFailed: end.kind !== "completed", leftMs: end.atMs - place.atMs, next });
  }
  return found;
}

const fewestInBin = 150;

/** By bins of what was said, ten points wide: how many moments, what was said on average, and what came true. */
function table(
  predictions: readonly Prediction[],
  said: (one: Prediction) => number,
  isTrue: (one: Prediction) => boolean,
) {
  const bins = Map.groupBy(predictions, (one) => Math.min(9, Math.floor(said(one) * 10)));
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, own]) => ({
      bin: `${bin * 10}-${bin * 10 + 10} %`,
      moments: own.length,
      said: own.reduce((sum, one) => sum + said(one), 0) / own.length,
      came: own.filter(isTrue).length / own.length,
    }));
}

/** For those who read the test's output: what the docs quote. */
function tell(t: TestContext, rows: ReturnType<typeof table>): void {
  for (const { bin, moments, said, came } of rows)
    t.diagnostic(`${bin}: ${moments} moments, said ${(said * 100).toFixed(1)} %, came ${(came * 100).toFixed(1)} %`);
}

function assertCalibrated(rows: ReturnType<typeof table>): void {
  const judged = rows.filter(({ moments }) => moments >= fewestInBin);
  assert.ok(judged.length >= 3, `only ${judged.length} bins have enough moments`);
  for (const { bin, said, came } of judged) {
    assert.ok(Math.abs(said - came) <= 0.05, `${bin}: said ${said.toFixed(3)}, came ${came.toFixed(3)}`);
  }
}

const share = (predictions: readonly Prediction[], isTrue: (one: Prediction) => boolean) =>
  predictions.filter(isTrue).length / predictions.length;

const failing = (predictions: readonly Prediction[]) =>
  table(
    predictions,
    ({ said }) => said.failing.odds,
    ({ hasFailed }) => hasFailed,
  );
const nextSteps = (predictions: readonly Prediction[]) =>
  table(
    predictions,
    ({ said }) => said.next[0]?.odds ?? 0,
    ({ said, next }) => said.next[0]?.node === next,
  );

describe("on held-back sagas of the demo's day", () => {
  let predictions: Prediction[] = [];

  before(async () => {
    const types = Map.groupBy(await demoDay({ sagas: 24_000, seed: 3 }), ({ type }) => type);
    predictions = [...types.values()].flatMap((own) =>
      predictionsOf(
        own.map(({ history }) => history),
        { everyMs: 300 },
      ),
    );
  });

  test("of those said to fail at some odds, that share fails", (t) => {
    const rows = failing(predictions);
    tell(t, rows);
    assertCalibrated(rows);
  });

  test("what is said to come next comes as often as said", (t) => {
    const rows = nextSteps(predictions);
    tell(t, rows);
    assertCalibrated(rows);
  });

  test("half end before the middle of what is said, and nine in ten before the p90", () => {
    const p50 = share(predictions, ({ said, leftMs }) => leftMs <= said.leftMs.p50);
    const p90 = share(predictions, ({ said, leftMs }) => leftMs <= said.leftMs.p90);
    assert.ok(p50 > 0.45 && p50 < 0.55, `p50 ${p50}`);
    assert.ok(p90 > 0.87 && p90 < 0.93, `p90 ${p90}`);
  });
});

/**
 * A saga whose odds of failing are anything from nothing to everything: by the way it takes, by the attempt it is in, and by
 * how long it waits, for what takes long at the bank fails more often.
 */
function riskySaga(id: string, chance: () => number): History {
  const executions: Execution[] = [];
  let atMs = 1_000;
  let isFailing = false;
  const told = { compensates: "", startId: "", endId: "", cause: "" };
  const route = ["easy", "usual", "hard", "wild"][Math.floor(chance() * 4)] ?? "";
  const risks: Readonly<Record<string, number>> = { easy: 0.05, usual: 0.25, hard: 0.55, wild: 0.8 };
  const run = (name: string, attempt: number, ms: number, outcome: Execution["outcome"]) => {
    executions.push({ ...told, name, attempt, startedMs: atMs, endedMs: atMs + ms, outcome });
    atMs += ms + 20 + chance() * 50;
  };
  run("choose", 1, 50 + 100 * chance(), "completed");
  run(route, 1, 100 + 400 * chance(), "completed");
  for (let attempt = 1; ; attempt++) {
    const ms = 200 - 1_500 * Math.log(1 - chance());
    const isLast = attempt === 3 || chance() < 0.7;
    isFailing = isLast && chance() < (risks[route] ?? 0) * Math.min(1.2, 0.6 + ms / 4_000);
    run("bank", attempt, ms, isFailing || !isLast ? "failed" : "completed");
    if (isLast) break;
  }
  run(isFailing ? "give-up" : "confirm", 1, 100 * chance(), "completed");
  const end = { kind: isFailing ? ("failed" as const) : ("completed" as const), atMs, cause: "" };
  return { id, startedMs: 0, startId: "", end, executions };
}

describe("on held-back sagas of every risk", () => {
  const chance = chanceOf(5);
  const histories = Array.from({ length: 20_000 }, (_, index) => riskySaga(`s${index}`, chance));
  const predictions = predictionsOf(histories, { everyMs: 2_000 });

  test("of those said to fail at some odds, that share fails", (t) => {
    const rows = failing(predictions);
    tell(t, rows);
    assert.ok(rows.filter(({ moments }) => moments >= fewestInBin).length >= 8);
    assertCalibrated(rows);
  });

  test("half end before the middle of what is said, and nine in ten before the p90", () => {
    const p50 = share(predictions, ({ said, leftMs }) => leftMs <= said.leftMs.p50);
    const p90 = share(predictions, ({ said, leftMs }) => leftMs <= said.leftMs.p90);
    assert.ok(p50 > 0.45 && p50 < 0.55, `p50 ${p50}`);
    assert.ok(p90 > 0.87 && p90 < 0.93, `p90 ${p90}`);
  });
});
