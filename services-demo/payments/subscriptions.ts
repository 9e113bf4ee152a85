import { announce } from "#services-demo/chassis/announce.ts";
import type { Handler, Subscriptions } from "#services-demo/chassis/messaging.ts";
import { carryOut, type Work } from "#services-demo/chassis/participant.ts";
import { replyTo } from "#services-demo/chassis/reply-to.ts";
import type { ServicePorts } from "#services-demo/chassis/service.ts";
import { chargePayment, refundPayment } from "./work.ts";

const charged = { done: "PaymentProcessed", failed: "PaymentFailed", skipped: "PaymentFailed" } as const;
const refunded = { done: "PaymentRefunded", failed: "RefundFailed", skipped: "PaymentRefunded" } as const;

/** Charges for what is reserved, and pays back: asked by events (choreography) or by commands (orchestration). */
export function subscriptions(ports: ServicePorts): Subscriptions {
  const obey =
    (work: Work): Handler<"payments.commands"> =>
    ({ order }, delivery) =>
      carryOut({ work, order, delivery, answer: replyTo(work, order) }, ports);
  return {
    "inventory.events": {
      InventoryReserved: ({ order }, delivery) =>
        carryOut({ work: chargePayment, order, delivery, answer: announce("payments.events", order, charged) }, ports),
    },
    "shipping.events": {
      ShipmentFailed: ({ order }, delivery) =>
        carryOut({ work: refundPayment, order, delivery, answer: announce("payments.events", order, refunded) }, ports),
    },
    "payments.commands": { ChargePayment: obey(chargePayment), RefundPayment: obey(refundPayment) },
  };
}
