import type { z } from "zod";
import { readCursor, writeCursor } from "#app/server/cursor.ts";
import type { SagaListParams } from "#app/server/params.ts";
import { resolveRange } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { SagaList } from "#contracts/api/saga.ts";
import { countSagas } from "#store/clickhouse/queries/count-sagas.ts";
import { listSagas, type SagaOrder, sortFields } from "#store/clickhouse/queries/list-sagas.ts";
import type { SagaFilter } from "#store/clickhouse/queries/saga-filter.ts";
import type { Answering } from "./answering.ts";

/** A page of the sagas that match, with their exact total and facets. */
export async function answerSagas(
  params: z.output<typeof SagaListParams>,
  { asker, nowMs, limits }: Answering,
): Promise<Omit<SagaList, keyof Cost>> {
  const order = orderOf(params.sort);
  const filter: SagaFilter = {
    window: resolveRange(params, nowMs).window,
    moment: params.when ?? "started",
    states: params.state,
    verdicts: params.verdict,
    types: params.type,
    errors: params.error,
    steps: params.step,
    labels: params.label,
    text: params.q,
  };
  const cursor = params.cursor === undefined ? undefined : readCursor(params.cursor, order);
  const late = { nowMs, limits };
  const [rows, counts] = await Promise.all([
    listSagas(asker, filter, { order, cursor, limit: params.limit + 1, late }),
    countSagas(asker, filter, late),
  ]);
  const sagas = rows.slice(0, params.limit);
  const last = sagas.at(-1);
  return { sagas, next: last && rows.length > params.limit ? writeCursor(last, order) : null, ...counts };
}

function orderOf(sort: string): SagaOrder {
  const [field, direction] = sort.split(".");
  return {
    by: sortFields.find((name) => name === field) ?? "started",
    direction: direction === "asc" ? "asc" : "desc",
  };
}
