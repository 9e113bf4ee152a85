import type { Work } from "#services-demo/chassis/participant.ts";
import { sagaError } from "#services-demo/domain/fault.ts";
import type { Order } from "#services-demo/domain/order.ts";

/** The order's quantities by sku, in one order of skus for all orders, so that two of them never wait for each other. */
function quantities(order: Order): { skus: string[]; amounts: number[] } {
  const bySku = new Map<string, number>();
  for (const { sku, quantity } of order.items) bySku.set(sku, (bySku.get(sku) ?? 0) + quantity);
  const sorted = [...bySku].sort(([a], [b]) => (a < b ? -1 : 1));
  return { skus: sorted.map(([sku]) => sku), amounts: sorted.map(([, amount]) => amount) };
}

export const reserveStock: Work = {
  name: "reserve-stock",
  activity: "warehouse.pick",
  takesMs: [20, 90],
  maxAttempts: 3,
  perform: async (transaction, order) => {
    const { skus, amounts } = quantities(order);
    const stock = await transaction.query<{ sku: string; available: number }>(
      "SELECT stock",
      "SELECT sku, available FROM stock WHERE sku = ANY($1) ORDER BY sku FOR UPDATE",
      [skus],
    );
    for (const [index, sku] of skus.entries()) {
      const found = stock.find((row) => row.sku === sku);
      if (!found) return sagaError("unknown_sku", `There is no ${sku}`);
      if (found.available < (amounts[index] ?? 0))
        return sagaError("out_of_stock", `Only ${found.available} left of ${sku}`);
    }
    await transaction.query(
      "INSERT reservations",
      `WITH wanted AS (SELECT * FROM unnest($2::text[], $3::int[]) AS wanted (sku, quantity)),
       taken AS (UPDATE stock SET available = available - wanted.quantity FROM wanted WHERE stock.sku = wanted.sku)
       INSERT INTO reservations (order_id, sku, quantity) SELECT $1, sku, quantity FROM wanted`,
      [order.orderId, skus, amounts],
    );
    return undefined;
  },
};

export const releaseStock: Work = {
  name: "release-stock",
  compensates: "reserve-stock",
  activity: "warehouse.return",
  takesMs: [20, 80],
  maxAttempts: 3,
  perform: async (transaction, order) => {
    const { skus } = quantities(order);
    await transaction.query("SELECT stock", "SELECT sku FROM stock WHERE sku = ANY($1) ORDER BY sku FOR UPDATE", [
      skus,
    ]);
    await transaction.query(
      "UPDATE reservations",
      `WITH released AS (
         UPDATE reservations SET released_at = now() WHERE order_id = $1 AND released_at IS NULL RETURNING sku, quantity
       )
       UPDATE stock SET available = available + released.quantity FROM released WHERE stock.sku = released.sku`,
      [order.orderId],
    );
    return undefined;
  },
};
