import { announce } from "#services-demo/chassis/announce.ts";
import type { Subscriptions } from "#services-demo/chassis/messaging.ts";
import { carryOut } from "#services-demo/chassis/participant.ts";
import { replyTo } from "#services-demo/chassis/reply-to.ts";
import type { ServicePorts } from "#services-demo/chassis/service.ts";
import { scheduleShipment } from "./work.ts";

const scheduled = { done: "ShipmentScheduled", failed: "ShipmentFailed", skipped: "ShipmentFailed" } as const;

/** Finds a carrier for what is paid: asked by an event (choreography) or by a command (orchestration). */
export function subscriptions(ports: ServicePorts): Subscriptions {
  const work = scheduleShipment;
  return {
    "payments.events": {
      PaymentProcessed: ({ order }, delivery) =>
        carryOut({ work, order, delivery, answer: announce("shipping.events", order, scheduled) }, ports),
    },
    "shipping.commands": {
      ScheduleShipment: ({ order }, delivery) =>
        carryOut({ work, order, delivery, answer: replyTo(work, order) }, ports),
    },
  };
}
