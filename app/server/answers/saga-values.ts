import type { z } from "zod";
import { pastMoment } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { SagaValuesParams } from "#contracts/api/params.ts";
import type { SagaValues } from "#contracts/api/saga.ts";
import { countValues, kindsByValue } from "#store/clickhouse/queries/count-values.ts";
import { hoursByRow, startedInHours } from "#store/clickhouse/queries/counted-hours.ts";
import { refuseAbove } from "#store/clickhouse/queries/saga-budget.ts";
import { startsOfEnded } from "#store/clickhouse/queries/time-window.ts";
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
  const read = filter.moment === "ended" ? startsOfEnded(filter.window) : filter.window;
  // Counts of past hours cost the same however many sagas they are of.
  const isCounted = kindsByValue(asker, filter, facet) !== undefined;
  await refuseAbove(asker, read, {
    most: facet === "label" ? mostWithLabels : mostSagas,
    what: `to count by ${facet}`,
    ...(isCounted && { narrowed: startedInHours(read, await hoursByRow(asker, read)) }),
  });
  const counted = await countValues(asker, filter, { facet, late: { nowMs, limits }, limit: limit + 1 });
  return { facet, values: counted.slice(0, limit), cut: counted.length > limit };
}
