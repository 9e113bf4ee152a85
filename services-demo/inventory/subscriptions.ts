import { announce } from "#services-demo/chassis/announce.ts";
import type { Handler, Subscriptions } from "#services-demo/chassis/messaging.ts";
import { carryOut, type Work } from "#services-demo/chassis/participant.ts";
import { replyTo } from "#services-demo/chassis/reply-to.ts";
import type { ServicePorts } from "#services-demo/chassis/service.ts";
import { releaseStock, reserveStock } from "./work.ts";

const reserved = { done: "InventoryReserved", failed: "InventoryRejected", skipped: "InventoryRejected" } as const;
const released = { done: "StockReleased", failed: "StockReleaseFailed", skipped: "StockReleased" } as const;

/** Reserves what an order needs, and puts it back: asked by events (choreography) or by commands (orchestration). */
export function subscriptions(ports: ServicePorts): Subscriptions {
  const release: Handler<"payments.events"> = ({ order }, delivery) =>
    carryOut({ work: releaseStock, order, delivery, answer: announce("inventory.events", order, released) }, ports);
  const obey =
    (work: Work): Handler<"inventory.commands"> =>
    ({ order }, delivery) =>
      carryOut({ work, order, delivery, answer: replyTo(work, order) }, ports);
  return {
    "orders.events": {
      OrderCreated: ({ order }, delivery) =>
        carryOut({ work: reserveStock, order, delivery, answer: announce("inventory.events", order, reserved) }, ports),
    },
    "payments.events": { PaymentFailed: release, PaymentRefunded: release },
    "inventory.commands": { ReserveStock: obey(reserveStock), ReleaseStock: obey(releaseStock) },
  };
}
