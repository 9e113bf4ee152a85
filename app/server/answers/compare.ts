import type { z } from "zod";
import type { CompareParams } from "#app/server/params.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { SagaComparison } from "#contracts/api/compare.ts";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { SagascopeError } from "#lib/errors.ts";
import { align, differencesFirst } from "#sagas/typical/align.ts";
import { medoidOf, type Run, usualSteps } from "#sagas/typical/typical-run.ts";
import { completedSagas } from "#store/clickhouse/queries/completed-sagas.ts";
import { rowsWithin } from "#store/clickhouse/queries/saga-budget.ts";
import { type SagaPlace, sagaMoves } from "#store/clickhouse/queries/saga-moves.ts";
import type { TimeWindow } from "#store/clickhouse/queries/time-window.ts";
import type { Answering } from "./answering.ts";
import { mustFind } from "./saga.ts";

/** Moves of a saga that are compared; the product of both is what it costs. */
const mostMoves = 2000;
/** How many sagas tell what is usual, and of how many the typical one is chosen. */
const mostUsual = 300;
const mostChosenFrom = 60;
/** Longer ones would cost too much to compare each with each: what is typical is chosen by their beginnings. */
const mostMovesChosenBy = 100;
/** With fewer than this of its own version a saga is held against those of all versions. */
const fewestOfVersion = 5;
const halfDayMs = 12 * 3_600_000;
const mostRead = 1_000_000;

/** A saga side by side with the typical one of its type, or with another, differences first. */
export async function answerCompare(
  { id, with: other }: z.output<typeof CompareParams>,
  answering: Answering,
): Promise<Omit<SagaComparison, keyof Cost>> {
  const here = await mustFind(id, answering);
  const usual = other === "typical" ? await usualRuns(here, answering) : undefined;
  const there = await mustFind(usual ? usual.typical.id : other, answering);
  const [ownRun, otherRun] = await movesOf([here, there], answering);
  const [own = [], others = []] = [ownRun?.moves, otherRun?.moves];
  const aligned = align(own.slice(0, mostMoves), others.slice(0, mostMoves));
  return {
    here: told(here, own.length),
    there: told(there, others.length),
    typicalOf: usual
      ? {
          sagas: usual.runs.length,
          from: new Date(usual.window.fromMs).toISOString(),
          to: new Date(usual.window.toMs).toISOString(),
        }
      : null,
    usual: usual ? usualSteps(usual.runs) : [],
    differences: differencesFirst(aligned),
    aligned,
    movesCut: Math.max(own.length, others.length) > mostMoves,
  };
}

async function movesOf(sagas: readonly SagaSummary[], { asker }: Answering): Promise<Run[]> {
  return await Promise.all(
    sagas.map(async (saga) => {
      const [run] = await sagaMoves(asker, [saga], mostMoves + 1);
      return run ?? { id: saga.id, moves: [] };
    }),
  );
}

interface Usual {
  readonly typical: Run;
  readonly runs: readonly Run[];
  readonly window: TimeWindow;
}

/** Completed sagas of the same type that started about the same time, of the same version where there are enough. */
async function usualRuns(saga: SagaSummary, { asker }: Answering): Promise<Usual> {
  const window = await around(Date.parse(saga.startedAt), { asker });
  const of = { type: saga.type, window };
  const sameVersion = await completedSagas(asker, { ...of, version: saga.version }, mostUsual);
  const isEnough = sameVersion.length >= fewestOfVersion;
  const places = isEnough ? sameVersion : await completedSagas(asker, { ...of, version: undefined }, mostUsual);
  const others: SagaPlace[] = places.filter(({ id }) => id !== saga.id);
  const runs = others.length > 0 ? await sagaMoves(asker, others, mostMovesChosenBy) : [];
  const typical = medoidOf(runs.slice(0, mostChosenFrom));
  if (!typical) {
    const message = "No other saga of its type completed within half a day of it. Name a saga to compare it with.";
    throw new SagascopeError("NOT_FOUND", message);
  }
  return { typical, runs, window };
}

/** Half a day to either side of a moment, and less where that holds too many sagas. */
async function around(atMs: number, { asker }: Pick<Answering, "asker">): Promise<TimeWindow> {
  const window = { fromMs: atMs - halfDayMs, toMs: atMs + halfDayMs };
  const rows = await rowsWithin(asker, window);
  const halfMs = halfDayMs * Math.min(1, mostRead / Math.max(1, rows));
  return { fromMs: atMs - halfMs, toMs: atMs + halfMs };
}

function told(saga: SagaSummary, moves: number): SagaComparison["here"] {
  const { id, type, version, startedAt, state, durationMs } = saga;
  return { id, type, version, startedAt, state, durationMs, moves };
}
