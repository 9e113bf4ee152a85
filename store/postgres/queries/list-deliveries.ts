import type { Delivery } from "#contracts/api/alerts.ts";
import { ask, type Db } from "#store/postgres/ask.ts";
import { sql } from "#store/postgres/sql.ts";
import { DeliveryRow } from "./delivery-row.ts";

/** The newest deliveries, each with its newest attempts in the order in which they were made. */
export async function listDeliveries(db: Db, limit: number): Promise<Delivery[]> {
  return await ask(
    db,
    sql`SELECT delivery.*, (
        SELECT coalesce(json_agg(attempt ORDER BY at), '[]')
        FROM (SELECT at, status, took_ms, error FROM webhook_attempts
          WHERE delivery_id = delivery.id ORDER BY at DESC LIMIT 50) AS attempt) AS attempts
      FROM webhook_deliveries AS delivery ORDER BY number DESC LIMIT ${limit}`,
    DeliveryRow,
  );
}

export async function deliveryById(db: Db, id: string): Promise<Delivery | undefined> {
  const [delivery] = await ask(
    db,
    sql`SELECT delivery.*, (
        SELECT coalesce(json_agg(attempt ORDER BY at), '[]')
        FROM (SELECT at, status, took_ms, error FROM webhook_attempts
          WHERE delivery_id = delivery.id ORDER BY at DESC LIMIT 50) AS attempt) AS attempts
      FROM webhook_deliveries AS delivery WHERE id = ${id} LIMIT 1`,
    DeliveryRow,
  );
  return delivery;
}
