import type { z } from "zod";
import { pastMoment } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { SagaValuesParams } from "#contracts/api/params.ts";
import type { SagaValues } from "#contracts/api/saga.ts";
import { countValues } from "#store/clickhouse/queries/count-values.ts";
import type { Answering } from "./answering.ts";
import { filterOf } from "./sagas.ts";

const mostSagas = 4_000_000;
/** Their values are nearly as many as they are, and long. */
const mostWithLabels = 1_000_000;

/** The values of one filter, each with how many of the sagas that match it finds. */
export async function answerSagaValues(
  params: z.output<typeof SagaValuesParams>,
  { asker, nowMs: askedMs, limits }: Answering,
): Promise<Omit<SagaValues, keyof Cost>> {
  const { facet, limit } = params;
  const asOfMs = params.at === undefined ? undefined : pastMoment(params.at, askedMs);
  const nowMs = asOfMs ?? askedMs;
  const filter = { ...(await filterOf(params, { asker, nowMs })), asOfMs };
  const most = facet === "label" ? mostWithLabels : mostSagas;
  const counted = await countValues(asker, filter, { facet, late: { nowMs, limits }, limit: limit + 1, most });
  return { facet, values: counted.slice(0, limit), cut: counted.length > limit };
}
