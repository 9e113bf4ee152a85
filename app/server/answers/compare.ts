import type { z } from "zod";
import type { Cost } from "#contracts/api/answer.ts";
import type { SagaComparison } from "#contracts/api/compare.ts";
import type { CompareParams } from "#contracts/api/params.ts";
import { SagascopeError } from "#lib/errors.ts";
import { align, differencesFirst } from "#sagas/typical/align.ts";
import { medoidOf, type Run, usualSteps } from "#sagas/typical/typical-run.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { completedSagas } from "#store/clickhouse/queries/completed-sagas.ts";
import type { KnownSaga } from "#store/clickhouse/queries/find-saga.ts";
import { rowsWithin } from "#store/clickhouse/queries/saga-budget.ts";
import { sagaMoves } from "#store/clickhouse/queries/saga-moves.ts";
import { sagaOutcomes } from "#store/clickhouse/queries/saga-outcomes.ts";
import type { SagaPlace } from "#store/clickhouse/queries/saga-place.ts";
import type { TimeWindow } from "#store/clickhouse/queries/time-window.ts";
import type { Answering } from "./answering.ts";
import { mustFind, notFound } from "./saga.ts";

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
/** So many sagas are looked through for completed ones, near in time and so beside each other; of a rare type more. */
const mostRead = 20_000;
const mostReadOfRare = 1_000_000;

/** A saga side by side with the typical one of its type, or with another, differences first. */
export async function answerCompare(
  { id, with: other }: z.output<typeof CompareParams>,
  answering: Answering,
): Promise<Omit<SagaComparison, keyof Cost>> {
  const known = await mustFind(id, answering);
  const usual = other === "typical" ? await usualRuns(known, answering) : undefined;
  const beside = usual ? usual.typical : await mustFind(other, answering);
  const places = [known, beside];
  const [outcomes, [ownRun, otherRun]] = await Promise.all([
    sagaOutcomes(answering.asker, places),
    sagaMoves(answering.asker, places, mostMoves + 1),
  ]);
  const outcomeOf = (place: SagaPlace) => outcomes.find((outcome) => outcome.id === place.id) ?? notFound();
  const [own = [], others = []] = [ownRun?.moves, otherRun?.moves];
  const aligned = align(own.slice(0, mostMoves), others.slice(0, mostMoves));
  return {
    here: { ...outcomeOf(known), moves: own.length },
    there: { ...outcomeOf(beside), moves: others.length },
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

interface Usual {
  readonly typical: SagaPlace;
  readonly runs: readonly Run[];
  readonly window: TimeWindow;
}

/** Completed sagas of the same type that started about the same time, of the same version where there are enough. */
async function usualRuns(saga: KnownSaga, { asker }: Answering): Promise<Usual> {
  const startedMs = Date.parse(saga.startedAt);
  for (const most of [mostRead, mostReadOfRare]) {
    const window = await around(startedMs, { asker, most });
    const places = await completedNear(saga, { asker, window });
    if (places.length < fewestOfVersion && most !== mostReadOfRare) continue;
    const runs = places.length > 0 ? await sagaMoves(asker, places, mostMovesChosenBy) : [];
    const medoid = medoidOf(runs.slice(0, mostChosenFrom));
    const typical = places.find(({ id }) => id === medoid?.id);
    if (typical) return { typical, runs, window };
  }
  const message = "No other saga of its type completed within half a day of it. Name a saga to compare it with.";
  throw new SagascopeError("NOT_FOUND", message);
}

async function completedNear(
  saga: KnownSaga,
  { asker, window }: { asker: Asker; window: TimeWindow },
): Promise<SagaPlace[]> {
  const others = async (version: string | undefined) => {
    const places = await completedSagas(asker, { type: saga.type, window, version }, mostUsual + 1);
    return places.filter(({ id }) => id !== saga.id).slice(0, mostUsual);
  };
  const sameVersion = await others(saga.version);
  return sameVersion.length >= fewestOfVersion ? sameVersion : await others(undefined);
}

/** Half a day to either side of a moment, and less where that holds more than `most` sagas. */
async function around(atMs: number, { asker, most }: { asker: Asker; most: number }): Promise<TimeWindow> {
  const window = { fromMs: atMs - halfDayMs, toMs: atMs + halfDayMs };
  const rows = await rowsWithin(asker, window);
  const halfMs = Math.ceil(halfDayMs * Math.min(1, most / Math.max(1, rows)));
  return { fromMs: atMs - halfMs, toMs: atMs + halfMs };
}
