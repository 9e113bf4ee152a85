import type { SagaEventInput } from "#contracts/saga-event.ts";
import { effectOf, labelsOf, subjectOf } from "#services-demo/domain/order.ts";
import { deadlineMs, plan, sagaTypeOf, sagaVersion, undoOrder } from "#services-demo/domain/plan.ts";
import { type Hop, hopOf } from "./hops.ts";
import type { Service, SimulatedSaga, Try } from "./simulate-saga.ts";

/** Which version of a service ran at a moment (ms since the epoch). */
export type VersionOf = (service: string, atMs: number) => string;

/** The saga events that the demo's services would have emitted for this saga, in order of time. */
export function historyEvents(
  saga: SimulatedSaga,
  { hops, versionOf }: { hops: ReadonlyMap<Try, Hop>; versionOf: VersionOf },
): SagaEventInput[] {
  const events: SagaEventInput[] = [];
  const envelope = createEnvelope(saga);
  const emit = (event: ReturnType<typeof envelope>, data: SagaEventInput["data"]) => {
    const causationid = events.at(-1)?.id;
    events.push({ ...event, ...(causationid ? { causationid } : {}), data } as SagaEventInput);
  };
  const first = saga.tries[0];
  if (!first) return [];
  emit(envelope("saga.started", saga.startMs, { service: starter(saga), hop: hopOf(hops, first) }), {
    serviceVersion: versionOf(starter(saga), saga.startMs),
    plan: [...plan],
    undoOrder,
    deadline: iso(saga.startMs + deadlineMs),
    labels: labelsOf(saga.order),
  });
  for (const one of saga.tries) if (!one.lost) tell(one);
  const last = saga.tries.at(-1) ?? first;
  emit(envelope(saga.end, saga.endMs, { service: starter(saga), hop: hopOf(hops, last) }), {});
  return events;

  function tell(one: Try) {
    const kind = one.compensates ? "saga.compensation" : "saga.step";
    const place = { service: one.service, hop: hopOf(hops, one) };
    const data = {
      step: one.step,
      attempt: one.attempt,
      serviceVersion: versionOf(one.service, one.startMs),
      ...(one.compensates ? { compensates: one.compensates } : {}),
    };
    emit(envelope(`${kind}.started`, one.startMs, place), data);
    if (one.error) emit(envelope(`${kind}.failed`, one.endMs, place), { ...data, error: one.error });
    else {
      const labels = effectOf(one.step, saga.order);
      emit(envelope(`${kind}.completed`, one.endMs, place), { ...data, ...(labels && { labels }) });
    }
  }
}

const starter = (saga: SimulatedSaga): Service | "orchestrator" =>
  saga.order.mode === "orchestration" ? "orchestrator" : "orders";

function createEnvelope(saga: SimulatedSaga) {
  let count = 0;
  return (type: SagaEventInput["type"], atMs: number, { service, hop }: { service: string; hop: Hop }) => ({
    specversion: "1.0" as const,
    id: `${saga.id.slice(6)}-${count++}`,
    source: `/services/${service}`,
    type,
    correlationid: saga.id,
    subject: subjectOf(saga.order),
    time: iso(atMs),
    sagatype: sagaTypeOf[saga.order.mode],
    sagaversion: sagaVersion,
    sagastarted: iso(saga.startMs),
    traceparent: `00-${hop.traceId}-${hop.spanId}-01`,
  });
}

/** ISO 8601 in UTC with microseconds, of ms with fractions. */
function iso(ms: number): string {
  const whole = Math.floor(ms);
  const micros = Math.min(999, Math.floor((ms - whole) * 1000));
  return `${new Date(whole).toISOString().slice(0, -1)}${String(micros).padStart(3, "0")}Z`;
}
