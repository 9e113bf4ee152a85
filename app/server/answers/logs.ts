import type { z } from "zod";
import { readLogCursor, writeLogCursor } from "#app/server/cursor.ts";
import { resolveRange } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { Logs } from "#contracts/api/logs.ts";
import type { LogListParams } from "#contracts/api/params.ts";
import { countLogs } from "#store/clickhouse/queries/count-logs.ts";
import { findLife } from "#store/clickhouse/queries/find-saga.ts";
import { endOf, listLogs } from "#store/clickhouse/queries/list-logs.ts";
import type { LogFilter } from "#store/clickhouse/queries/log-filter.ts";
import { refuseAbove } from "#store/clickhouse/queries/saga-budget.ts";
import { sagaTraceIds } from "#store/clickhouse/queries/saga-trace-ids.ts";
import type { Answering } from "./answering.ts";
import { mostTraces } from "./saga.ts";

const mostLines = 20_000_000;

/** A page of the log lines that match, with their exact total and how they lie in time. */
export async function answerLogs(
  params: z.output<typeof LogListParams>,
  answering: Answering,
): Promise<Omit<Logs, keyof Cost>> {
  const { asker, nowMs } = answering;
  const { window, bucketSeconds } = resolveRange(params, nowMs);
  const cursor = params.cursor === undefined ? undefined : readLogCursor(params.cursor);
  // A trace's lines and a saga's are found by their indexes, whatever the time.
  if (params.traceId === undefined && params.sagaId === undefined)
    await refuseAbove(asker, window, { most: mostLines, what: "this search", of: "log lines" });
  const filter: LogFilter = {
    window,
    words: params.q,
    services: params.service,
    severity: params.severity,
    traceId: params.traceId,
    saga: params.sagaId === undefined ? undefined : await sagaOf(params.sagaId, answering),
    attributes: params.attribute,
  };
  const [listed, counts] = await Promise.all([
    listLogs(asker, filter, { cursor, limit: params.limit + 1 }),
    countLogs(asker, filter, bucketSeconds),
  ]);
  const page = listed.slice(0, params.limit);
  const end = listed.length > params.limit ? endOf(page, cursor) : undefined;
  return {
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    logs: page.map(({ log }) => log),
    next: end ? writeLogCursor(end) : null,
    bucketSeconds,
    ...counts,
  };
}

/** Lines may name a saga of which no event is stored. */
async function sagaOf(id: string, { asker }: Answering): Promise<LogFilter["saga"]> {
  const life = await findLife(asker, id);
  return { id, traceIds: life ? await sagaTraceIds(asker, life, mostTraces) : [] };
}
