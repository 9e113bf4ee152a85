import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Text } from "#contracts/ids.ts";
import { parsed, Refusal } from "#services-demo/chassis/parsed.ts";
import type { ServicePorts } from "#services-demo/chassis/service.ts";
import { OrderRequest } from "#services-demo/domain/order.ts";
import { createOrder } from "./create-order.ts";
import { findCustomer } from "./find-customer.ts";
import type { OrdersSettings } from "./settings.ts";

const OrderId = z.object({ orderId: Text.min(1).max(100) });
const Filter = z.object({
  status: z.enum(["PENDING", "CONFIRMED", "CANCELLED", "ATTENTION"]).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
});
const IdempotencyKey = z.object({ "idempotency-key": Text.min(1).max(200).optional() });

const columns = `order_id AS "orderId", saga_id AS "sagaId", status, mode, customer_id AS "customerId", items, amount,
  created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Orders: `POST /orders` (202, PENDING), `GET /orders/:orderId`, `GET /orders?status=&limit=`. */
export function routes(settings: OrdersSettings): (app: FastifyInstance, ports: ServicePorts) => void {
  return (app, ports) => {
    app.post("/orders", async (request, reply) => {
      const order = parsed(OrderRequest, request.body);
      if (order.demo && !settings.DEMO_FAULTS) throw new Refusal(400, "demo: not accepted here (DEMO_FAULTS is off)");
      const { "idempotency-key": key } = parsed(IdempotencyKey, request.headers);
      if (settings.USERS_URL) await findCustomer(settings.USERS_URL, order.customerId);
      const created = await createOrder(order, key, ports);
      return reply
        .code(202)
        .headers({ "x-saga-id": created.sagaId, location: `/orders/${created.orderId}` })
        .send(created);
    });

    app.get("/orders/:orderId", async (request, reply) => {
      const { orderId } = parsed(OrderId, request.params);
      const [order] = await ports.database.query<{ sagaId: string }>(
        "SELECT orders",
        `SELECT ${columns} FROM orders WHERE order_id = $1`,
        [orderId],
      );
      if (!order) return reply.code(404).send({ error: `Order not found: ${orderId}` });
      return reply.header("x-saga-id", order.sagaId).send(order);
    });

    app.get("/orders", async (request) => {
      const { status, limit } = parsed(Filter, request.query);
      const orders = await ports.database.query(
        "SELECT orders",
        `SELECT ${columns} FROM orders WHERE $1::text IS NULL OR status = $1 ORDER BY created_at DESC LIMIT $2`,
        [status ?? null, limit],
      );
      const counts = await ports.database.query(
        "SELECT orders",
        "SELECT status, count(*)::int AS orders FROM orders GROUP BY status",
      );
      return { orders, counts };
    });
  };
}
