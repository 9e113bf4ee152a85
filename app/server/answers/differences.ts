import type { z } from "zod";
import type { Cost } from "#contracts/api/answer.ts";
import type { Differences } from "#contracts/api/differences.ts";
import type { DifferencesParams } from "#contracts/api/params.ts";
import { rankDifferences, type SetAndRest } from "#sagas/differences/rank-differences.ts";
import { refuseAbove } from "#store/clickhouse/queries/saga-budget.ts";
import { countSetAndRest, sagaFeatures } from "#store/clickhouse/queries/saga-features.ts";
import { startsOfEnded } from "#store/clickhouse/queries/time-window.ts";
import type { Answering } from "./answering.ts";
import { filterOf } from "./sagas.ts";

const mostSagas = 4_000_000;
/** Of more sagas than this, of the set or of the rest, some are looked at for all. */
const mostLookedAt = 20_000;
const falseShare = 0.05;

/** What sets the sagas that match apart from the others of the same time. */
export async function answerDifferences(
  params: z.output<typeof DifferencesParams>,
  { asker, nowMs, limits }: Answering,
): Promise<Omit<Differences, keyof Cost>> {
  const filter = await filterOf(params, { asker, nowMs });
  const read = filter.moment === "ended" ? startsOfEnded(filter.window) : filter.window;
  await refuseAbove(asker, read, { most: mostSagas, what: "a comparison with the rest" });
  const sagas = await countSetAndRest(asker, filter, { nowMs, limits });
  const oneIn = { set: shareOf(sagas.set), rest: shareOf(sagas.rest) };
  const { lookedAt, features } =
    sagas.set === 0 || sagas.rest === 0
      ? nothing
      : await sagaFeatures(asker, filter, { oneIn, late: { nowMs, limits } });
  const isEnough = lookedAt.set > 0 && lookedAt.rest > 0;
  const differences = isEnough ? rankDifferences(features, { sagas: lookedAt, falseShare }) : [];
  return {
    from: new Date(filter.window.fromMs).toISOString(),
    to: new Date(filter.window.toMs).toISOString(),
    sagas,
    lookedAt,
    sampledOneIn: oneIn,
    features: features.length,
    falseShare,
    differences: differences.slice(0, params.limit),
  };
}

const shareOf = (sagas: number) => Math.max(1, Math.ceil(sagas / mostLookedAt));

const nothing: { lookedAt: SetAndRest; features: never[] } = { lookedAt: { set: 0, rest: 0 }, features: [] };
