import type { EventTopic, MessageOn } from "#services-demo/domain/messages.ts";
import type { Order } from "#services-demo/domain/order.ts";
import { outgoing } from "./outgoing.ts";
import type { Outcome, Task } from "./participant.ts";

/** Tells everyone what became of the work (choreography): the event's type by outcome. */
export function announce<T extends EventTopic>(
  topic: T,
  order: Order,
  typeOf: Record<Outcome["kind"], MessageOn<T>["type"]>,
): Task["answer"] {
  return (outcome, saga) => {
    const error = outcome.kind === "failed" ? { error: outcome.error } : {};
    return [outgoing(topic, { type: typeOf[outcome.kind], order, ...error } as MessageOn<T>, saga)];
  };
}
