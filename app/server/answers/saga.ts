import type { z } from "zod";
import { pastMoment } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { SagaAtParams, SagaParams } from "#contracts/api/params.ts";
import type { SagaDetail, SagaLogs, SagaSummary, SagaTraces } from "#contracts/api/saga.ts";
import { SagascopeError } from "#lib/errors.ts";
import { eventsUntil } from "#sagas/distinct-events.ts";
import { residualsOf } from "#sagas/residuals.ts";
import { sentenceOf } from "#sagas/sentence.ts";
import { summaryOf } from "#sagas/summary.ts";
import { planOf, timelineOf } from "#sagas/timeline.ts";
import { breachesOf } from "#sagas/verdicts.ts";
import { findLife, findSaga, foldedSaga, type KnownSaga } from "#store/clickhouse/queries/find-saga.ts";
import { sagaEvents } from "#store/clickhouse/queries/saga-events.ts";
import { sagaLogs } from "#store/clickhouse/queries/saga-logs.ts";
import type { SagaPlace } from "#store/clickhouse/queries/saga-place.ts";
import { sagaTraceIds, telemetryWindow } from "#store/clickhouse/queries/saga-trace-ids.ts";
import { traceSpans } from "#store/clickhouse/queries/trace-spans.ts";
import type { Answering } from "./answering.ts";
import { outlookFor } from "./outlook.ts";

type Params = z.output<typeof SagaParams>;

const mostEvents = 20_000;
export const mostTraces = 1000;
const mostSpans = 10_000;
const mostLogs = 2000;

/** One saga, told from its events. */
export async function answerSaga(
  { id, at }: z.output<typeof SagaAtParams>,
  answering: Answering,
): Promise<Omit<SagaDetail, keyof Cost>> {
  const { asker } = answering;
  const untilMs = at === undefined ? undefined : pastMoment(at, answering.nowMs);
  const nowMs = untilMs ?? answering.nowMs;
  const found = (await sagaEvents(asker, { id, limit: mostEvents + 1 })) ?? notFound();
  const { saga } = found;
  const past = untilMs === undefined ? found.events : eventsUntil(found.events, untilMs);
  if (past.length === 0) throw new SagascopeError("NOT_FOUND", `This saga had not begun; it did at ${saga.startedAt}.`);
  const events = past.slice(0, mostEvents);
  const eventsCut = past.length > mostEvents;
  const breaches = breachesOf(events);
  // Where not all events are at hand, the store's own fold of all of them is the truth.
  const summary = eventsCut
    ? await mustFold(saga, { ...answering, nowMs }, untilMs)
    : summaryOf(saga, { events, breaches, nowMs, limits: answering.limits });
  const steps = timelineOf(events);
  return {
    ...summary,
    sentence: sentenceOf({ ...summary, steps, breaches }, { nowMs }),
    plan: planOf(events),
    steps,
    breaches,
    residuals: residualsOf(events, { overdue: summary.verdicts.includes("overdue") }),
    events,
    eventsCut,
    ...(await outlookFor(summary, events, { ...answering, nowMs })),
    traceIds: [...new Set(events.map((event) => event.traceId).filter((traceId) => traceId !== ""))],
  };
}

/** Every span of every hop of a saga, in time order. */
export async function answerSagaTraces({ id }: Params, { asker }: Answering): Promise<Omit<SagaTraces, keyof Cost>> {
  const life = (await findLife(asker, id)) ?? notFound();
  const spansOf = (ids: readonly string[]) =>
    traceSpans(asker, ids, { ...telemetryWindow(life), limit: mostSpans + 1 });
  // Its events name all of its traces, as a rule.
  const [traceIds, ofEvents] = await Promise.all([sagaTraceIds(asker, life, mostTraces), spansOf(life.traceIds)]);
  const spans = traceIds.length === life.traceIds.length ? ofEvents : await spansOf(traceIds);
  return { spans: spans.slice(0, mostSpans), cut: spans.length > mostSpans };
}

/** The log records of a saga's traces and of its id, merged by time. */
export async function answerSagaLogs({ id }: Params, { asker }: Answering): Promise<Omit<SagaLogs, keyof Cost>> {
  const life = (await findLife(asker, id)) ?? notFound();
  const traceIds = await sagaTraceIds(asker, life, mostTraces);
  const logs = await sagaLogs(asker, { id, traceIds }, { ...telemetryWindow(life), limit: mostLogs + 1 });
  return { logs: logs.slice(0, mostLogs), cut: logs.length > mostLogs };
}

/** The saga with this id. Throws `NOT_FOUND`. */
export async function mustFind(id: string, { asker }: Answering): Promise<KnownSaga> {
  return (await findSaga(asker, id)) ?? notFound();
}

/** What the store folds of a saga's events, of all or of those until a moment. Throws `NOT_FOUND`. */
async function mustFold(
  saga: SagaPlace,
  { asker, nowMs, limits }: Answering,
  asOfMs: number | undefined,
): Promise<SagaSummary> {
  return (await foldedSaga(asker, saga, { late: { nowMs, limits }, asOfMs })) ?? notFound();
}

/** Throws `NOT_FOUND`. */
export function notFound(): never {
  const message = "No saga with this id is stored. Check the id, or wait a second if it has only just begun.";
  throw new SagascopeError("NOT_FOUND", message);
}
