import { randomUUID } from "node:crypto";
import { sagaHeaders } from "#sdk/context-headers.ts";
import type { OutgoingMessage } from "#sdk/outbox.ts";
import type { SagaContext } from "#sdk/saga-context.ts";
import { type DemoTopic, type MessageOn, messageSchemas } from "#services-demo/domain/messages.ts";

/** A message to one of the demo's topics, about the saga and caused by its latest event; keyed by the saga's id. */
export function outgoing<T extends DemoTopic>(topic: T, message: MessageOn<T>, saga: SagaContext): OutgoingMessage {
  return {
    topic,
    key: saga.sagaId,
    headers: {
      "content-type": "application/json",
      messageid: randomUUID(),
      messagetype: message.type,
      ...sagaHeaders(saga),
    },
    value: JSON.stringify(messageSchemas[topic].parse(message)),
  };
}
