import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Text } from "#contracts/ids.ts";
import { parsed } from "#services-demo/chassis/parsed.ts";
import type { ServicePorts } from "#services-demo/chassis/service.ts";

const OrderId = z.object({ orderId: Text.min(1).max(100) });

/** What an order was charged: `GET /payments/:orderId`. */
export function routes(app: FastifyInstance, { database }: ServicePorts): void {
  app.get("/payments/:orderId", async (request, reply) => {
    const { orderId } = parsed(OrderId, request.params);
    const [charge] = await database.query(
      "SELECT charges",
      `SELECT order_id AS "orderId", customer_id AS "customerId", amount::float, currency,
         charged_at AS "chargedAt", refunded_at AS "refundedAt"
       FROM charges WHERE order_id = $1`,
      [orderId],
    );
    return charge ?? reply.code(404).send({ error: `No charge for order ${orderId}` });
  });
}
