import type { SagaError } from "#contracts/saga-event.ts";
import { markProcessed } from "#sdk/inbox.ts";
import { enqueue, sagaEventMessage } from "#sdk/outbox.ts";
import { announce } from "#services-demo/chassis/announce.ts";
import type { Delivery, Handler, Subscriptions } from "#services-demo/chassis/messaging.ts";
import { carryOut, type Work } from "#services-demo/chassis/participant.ts";
import { replyTo } from "#services-demo/chassis/reply-to.ts";
import type { ServicePorts } from "#services-demo/chassis/service.ts";
import { type Order, subjectOf } from "#services-demo/domain/order.ts";
import { cancelOrder, confirmOrder, moveOrder } from "./work.ts";

const toldConfirmed = { done: "OrderConfirmed", failed: "OrderConfirmed", skipped: "OrderConfirmed" } as const;
const toldCancelled = { done: "OrderCancelled", failed: "OrderCancelled", skipped: "OrderCancelled" } as const;

interface About {
  readonly order: Order;
  readonly delivery: Delivery;
  readonly error?: SagaError | undefined;
}

/**
 * Ends orders. In a choreography orders began the saga and also says how it ended; in an orchestration the coordinator does.
 */
export function subscriptions(ports: ServicePorts): Subscriptions {
  const cancelled: Handler<"inventory.events"> = ({ order }, delivery) => cancel({ order, delivery }, ports);
  const obey =
    (work: Work): Handler<"orders.commands"> =>
    ({ order }, delivery) =>
      carryOut({ work, order, delivery, answer: replyTo(work, order) }, ports);
  return {
    "shipping.events": { ShipmentScheduled: ({ order }, delivery) => confirm({ order, delivery }, ports) },
    "inventory.events": {
      InventoryRejected: cancelled,
      StockReleased: cancelled,
      StockReleaseFailed: ({ order, error }, delivery) => park({ order, delivery, error }, ports),
    },
    "payments.events": { RefundFailed: ({ order, error }, delivery) => park({ order, delivery, error }, ports) },
    "orders.commands": {
      ConfirmOrder: obey(confirmOrder),
      CancelOrder: obey(cancelOrder),
      ParkOrder: ({ order, error }, delivery) => park({ order, delivery, error }, ports),
    },
  };
}

async function confirm({ order, delivery }: About, ports: ServicePorts): Promise<void> {
  await carryOut(
    {
      work: confirmOrder,
      order,
      delivery,
      answer: announce("orders.events", order, toldConfirmed),
      conclude: (_outcome, saga) => [ports.emit(saga, { type: "saga.completed", subject: subjectOf(order), data: {} })],
    },
    ports,
  );
}

async function cancel({ order, delivery }: About, ports: ServicePorts): Promise<void> {
  await carryOut(
    {
      work: cancelOrder,
      order,
      delivery,
      answer: announce("orders.events", order, toldCancelled),
      conclude: (_outcome, saga) => [
        ports.emit(saga, { type: "saga.compensated", subject: subjectOf(order), data: {} }),
      ],
    },
    ports,
  );
}

/** What could not be undone is left for a person: the order says so, and (choreography) so does the saga. */
async function park({ order, delivery, error }: About, { database, emit, log }: ServicePorts): Promise<void> {
  await database.transaction(async (transaction) => {
    if (!(await markProcessed(transaction.client, delivery.id))) return;
    await moveOrder(transaction, order.orderId, "ATTENTION");
    if (order.mode === "choreography") {
      const failed = emit(delivery.saga, {
        type: "saga.failed",
        subject: subjectOf(order),
        data: { ...(error && { error }) },
      });
      await enqueue(transaction.client, [sagaEventMessage(failed)]);
    }
    log.error(
      { "saga.id": delivery.saga.sagaId, orderId: order.orderId, "error.code": error?.code },
      "An order needs a person: it could not be undone",
    );
  });
}
