import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { SagaEvent, type SagaEventInput } from "#contracts/saga-event.ts";
import { activeTraceparent } from "./context-headers.ts";
import { createEventClock, type EventClock } from "./event-clock.ts";
import type { SagaContext } from "./saga-context.ts";

type Body<E> = E extends SagaEventInput ? Pick<E, "type" | "data" | "subject"> : never;

/** What a service says has happened: the type and its data; the rest comes from the saga's context. */
export type SagaEventBody = Body<SagaEventInput>;

/** Builds the event that says `body` happened in the saga; throws a ZodError where the body breaks the contract. */
export type SagaEmitter = (saga: SagaContext, body: SagaEventBody) => SagaEvent;

/**
 * An emitter for one service: `source` names it (`/services/payments`), `serviceVersion` goes on every event.
 * The event's cause is the context's `causationId`, its trace the active span's.
 */
export function createSagaEmitter(
  { source, serviceVersion }: { source: string; serviceVersion?: string | undefined },
  { now = createEventClock(), newId = randomUUID }: { now?: EventClock; newId?: () => string } = {},
): SagaEmitter {
  return (saga, body) => {
    const traceparent = activeTraceparent();
    const event = {
      specversion: "1.0",
      id: newId(),
      source,
      type: body.type,
      correlationid: saga.sagaId,
      ...(saga.causationId === undefined ? {} : { causationid: saga.causationId }),
      ...(body.subject === undefined ? {} : { subject: body.subject }),
      time: now(),
      datacontenttype: "application/json",
      sagatype: saga.sagaType,
      sagaversion: saga.sagaVersion,
      sagastarted: saga.sagaStarted,
      ...(traceparent === undefined ? {} : { traceparent }),
      data: { ...(serviceVersion === undefined ? {} : { serviceVersion }), ...body.data },
    } satisfies Record<keyof z.input<typeof SagaEvent> | string, unknown>;
    return SagaEvent.parse(event);
  };
}
