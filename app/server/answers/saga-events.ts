import type { z } from "zod";
import { readEventCursor, writeEventCursor } from "#app/server/cursor.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { SagaEventsParams, SagaParams } from "#contracts/api/params.ts";
import type { SagaAudit, SagaEvents } from "#contracts/api/saga.ts";
import { SagascopeError } from "#lib/errors.ts";
import { auditOf } from "#sagas/audit.ts";
import { residualsOf } from "#sagas/residuals.ts";
import { summaryOf } from "#sagas/summary.ts";
import { breachesOf } from "#sagas/verdicts.ts";
import { sagaEvents } from "#store/clickhouse/queries/saga-events.ts";
import { sagaEventsPage } from "#store/clickhouse/queries/saga-events-page.ts";
import { storedMs } from "#store/clickhouse/queries/saga-place.ts";
import type { Answering } from "./answering.ts";
import { mustFind, notFound } from "./saga.ts";

/** A page of a saga's events, in time order. */
export async function answerSagaEvents(
  { id, cursor, limit }: z.output<typeof SagaEventsParams>,
  answering: Answering,
): Promise<Omit<SagaEvents, keyof Cost>> {
  const after = cursor === undefined ? undefined : readEventCursor(cursor);
  const place = { id, startedMs: storedMs(await mustFind(id, answering)) };
  const found = await sagaEventsPage(answering.asker, place, { cursor: after, limit: limit + 1 });
  const events = found.slice(0, limit);
  const last = events.at(-1);
  return { events, next: last && found.length > limit ? writeEventCursor(last) : null };
}

const mostAudited = 100_000;

/** What all of a saga's events say of each consistency rule, and what is left done that should be undone. */
export async function answerSagaAudit(
  { id }: z.output<typeof SagaParams>,
  answering: Answering,
): Promise<Omit<SagaAudit, keyof Cost>> {
  const { asker, nowMs, limits } = answering;
  const { saga, events } = (await sagaEvents(asker, { id, limit: mostAudited + 1 })) ?? notFound();
  if (events.length > mostAudited) {
    const message = `This saga has more than ${mostAudited} events. The saga itself says which rules it breaks.`;
    throw new SagascopeError("TOO_LARGE", message);
  }
  const breaches = breachesOf(events);
  const { state, verdicts } = summaryOf(saga, { events, breaches, nowMs, limits });
  const residuals = residualsOf(events, { overdue: verdicts.includes("overdue") });
  return { state, rules: auditOf(events, breaches), residuals, events: events.length };
}
