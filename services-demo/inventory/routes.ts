import type { FastifyInstance } from "fastify";
import type { ServicePorts } from "#services-demo/chassis/service.ts";

/** What is in stock: `GET /stock`. */
export function routes(app: FastifyInstance, { database }: ServicePorts): void {
  app.get("/stock", async () => ({
    stock: await database.query("SELECT stock", "SELECT sku, name, available FROM stock ORDER BY sku LIMIT 1000"),
  }));
}
