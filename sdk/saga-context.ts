import { z } from "zod";
import { EventId, SagaId } from "#contracts/ids.ts";
import { EventTime, type SagaEvent } from "#contracts/saga-event.ts";

/** What travels with a saga from service to service. */
export const SagaContext = z.object({
  sagaId: SagaId,
  sagaType: z.string().min(1).max(200),
  sagaVersion: z.string().max(100),
  /** When the saga began; every event carries it, so that each alone says where its saga is stored. */
  sagaStarted: EventTime,
  /** The event that caused what is done now. */
  causationId: EventId.optional(),
});
export type SagaContext = z.infer<typeof SagaContext>;

/** The same saga, with `event` as the cause of what follows. */
export function causedBy(context: SagaContext, event: Pick<SagaEvent, "id">): SagaContext {
  return { ...context, causationId: event.id };
}
