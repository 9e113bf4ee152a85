import type { Work } from "#services-demo/chassis/participant.ts";

export const chargePayment: Work = {
  name: "charge-payment",
  activity: "issuer.charge",
  takesMs: [40, 180],
  maxAttempts: 3,
  perform: async (transaction, { orderId, customerId, amount }) => {
    await transaction.query(
      "INSERT charges",
      "INSERT INTO charges (order_id, customer_id, amount, currency) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
      [orderId, customerId, amount.value, amount.currency],
    );
    return undefined;
  },
};

export const refundPayment: Work = {
  name: "refund-payment",
  compensates: "charge-payment",
  activity: "issuer.refund",
  takesMs: [40, 150],
  maxAttempts: 3,
  perform: async (transaction, { orderId }) => {
    await transaction.query(
      "UPDATE charges",
      "UPDATE charges SET refunded_at = now() WHERE order_id = $1 AND refunded_at IS NULL",
      [orderId],
    );
    return undefined;
  },
};
