import { pause } from "#sdk/backoff.ts";
import type { ServicePorts } from "#services-demo/chassis/service.ts";

const everyMs = 2000;
const fewer = 2000;
const full = 10_000;

/** Fills up what runs low, so that the demo runs for ever. */
export async function restock({ database, log, signal }: ServicePorts): Promise<void> {
  while (!signal.aborted) {
    try {
      const restocked = await database.query(
        "UPDATE stock",
        "UPDATE stock SET available = $2 WHERE available < $1 RETURNING sku",
        [fewer, full],
      );
      if (restocked.length > 0) log.info({ skus: restocked.length }, "Restocked");
    } catch (error) {
      log.warn({ error: String(error) }, "Could not restock");
    }
    await pause(everyMs, signal);
  }
}
