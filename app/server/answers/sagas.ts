import type { z } from "zod";
import { readCursor, writeCursor } from "#app/server/cursor.ts";
import { pastMoment, resolveRange } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { SagaFilterParams, SagaListParams } from "#contracts/api/params.ts";
import type { SagaList } from "#contracts/api/saga.ts";
import { sagaSorts } from "#contracts/words.ts";
import { readFreeText, type SagaFilter } from "#store/clickhouse/queries/saga-filter.ts";
import type { SagaOrder } from "#store/clickhouse/queries/saga-order.ts";
import { sagasPage } from "#store/clickhouse/queries/sagas-page.ts";
import type { Answering } from "./answering.ts";

/** A page of the sagas that match, with their exact total and facets. */
export async function answerSagas(
  params: z.output<typeof SagaListParams>,
  { asker, nowMs: askedMs, limits }: Answering,
): Promise<Omit<SagaList, keyof Cost>> {
  const order = orderOf(params.sort);
  const asOfMs = params.at === undefined ? undefined : pastMoment(params.at, askedMs);
  const nowMs = asOfMs ?? askedMs;
  const filter = { ...(await filterOf(params, { asker, nowMs })), asOfMs };
  const late = { nowMs, limits };
  const cursor = params.cursor === undefined ? undefined : readCursor(params.cursor, order);
  const { rows, counts } = await sagasPage(asker, filter, { order, cursor, limit: params.limit + 1, late });
  const sagas = rows.slice(0, params.limit);
  const last = sagas.at(-1);
  return { sagas, next: last && rows.length > params.limit ? writeCursor(last, order) : null, ...counts };
}

/** What narrows a list, as its parameters say it. */
export async function filterOf(
  params: z.output<typeof SagaFilterParams>,
  { asker, nowMs }: Pick<Answering, "asker" | "nowMs">,
): Promise<SagaFilter> {
  return {
    window: resolveRange(params, nowMs).window,
    duration:
      params.minMs === undefined && params.maxMs === undefined
        ? undefined
        : { fromMs: params.minMs ?? 0, toMs: params.maxMs ?? Number.MAX_VALUE },
    moment: params.when ?? "started",
    states: params.state,
    verdicts: params.verdict,
    rules: params.rule,
    types: params.type,
    versions: params.version,
    services: params.service,
    serviceVersions: params.serviceVersion,
    errors: params.error,
    fingerprints: params.fingerprint,
    steps: params.step,
    waitsIn: params.waitsIn,
    failedSteps: params.failedStep,
    residuals: params.residual,
    labels: params.label,
    text: params.q === undefined ? undefined : await readFreeText(asker, params.q),
  };
}

function orderOf(sort: string): SagaOrder {
  const [field, direction] = sort.split(".");
  return {
    by: sagaSorts.find((name) => name === field) ?? "started",
    direction: direction === "asc" ? "asc" : "desc",
  };
}
