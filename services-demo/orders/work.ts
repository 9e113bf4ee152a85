import type { Transaction } from "#services-demo/chassis/database.ts";
import type { Work } from "#services-demo/chassis/participant.ts";

/** Beyond the pivot there is no way back: it is tried until it works. */
export const confirmOrder: Work = {
  name: "confirm-order",
  activity: "order.confirm",
  takesMs: [10, 40],
  maxAttempts: Number.POSITIVE_INFINITY,
  perform: async (transaction, { orderId }) => {
    await moveOrder(transaction, orderId, "CONFIRMED");
    return undefined;
  },
};

export const cancelOrder: Work = {
  name: "cancel-order",
  compensates: "create-order",
  activity: "order.cancel",
  takesMs: [10, 40],
  maxAttempts: Number.POSITIVE_INFINITY,
  perform: async (transaction, { orderId }) => {
    await moveOrder(transaction, orderId, "CANCELLED");
    return undefined;
  },
};

/** Ends a pending order; one that has ended stays as it is. */
export async function moveOrder(
  transaction: Transaction,
  orderId: string,
  status: "CONFIRMED" | "CANCELLED" | "ATTENTION",
): Promise<void> {
  await transaction.query(
    "UPDATE orders",
    "UPDATE orders SET status = $2, updated_at = now() WHERE order_id = $1 AND status = 'PENDING'",
    [orderId, status],
  );
}
