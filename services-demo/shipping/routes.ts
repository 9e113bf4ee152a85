import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Text } from "#contracts/ids.ts";
import { parsed } from "#services-demo/chassis/parsed.ts";
import type { ServicePorts } from "#services-demo/chassis/service.ts";

const OrderId = z.object({ orderId: Text.min(1).max(100) });

/** Where an order is: `GET /shipments/:orderId`. */
export function routes(app: FastifyInstance, { database }: ServicePorts): void {
  app.get("/shipments/:orderId", async (request, reply) => {
    const { orderId } = parsed(OrderId, request.params);
    const [shipment] = await database.query(
      "SELECT shipments",
      `SELECT order_id AS "orderId", carrier, tracking_code AS "trackingCode", scheduled_at AS "scheduledAt"
       FROM shipments WHERE order_id = $1`,
      [orderId],
    );
    return shipment ?? reply.code(404).send({ error: `No shipment for order ${orderId}` });
  });
}
