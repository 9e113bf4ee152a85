import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "#services-demo/chassis/log.ts";
import type { OrderRequest } from "#services-demo/domain/order.ts";
import { createRandom } from "./random.ts";
import { nextScenario } from "./scenario.ts";

/** Orders on their way to the gateway at once; over it the next waits, so that a slow gateway is not buried. */
const mostUnderWay = 64;
const pauseAfterFailureMs = 1_000;

export interface LivePorts {
  /** Places one order; rejects when the gateway does not take it. */
  readonly place: (order: OrderRequest) => Promise<void>;
  readonly log: Logger;
}

/** Places orders of the seed's mix at random moments, `rate` a second on average, until `signal` aborts. */
export async function placeOrders(
  { rate, seed }: { rate: number; seed: number },
  { place, log }: LivePorts,
  signal: AbortSignal,
): Promise<void> {
  const mix = createRandom(seed);
  const gaps = createRandom(seed + 1);
  const underWay = new Set<Promise<void>>();
  let failing = false;
  while (rate > 0 && !signal.aborted) {
    await sleep((-Math.log(1 - gaps.unit()) * 1000) / rate, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    if (failing) await sleep(pauseAfterFailureMs, undefined, { signal }).catch(() => undefined);
    const placed: Promise<void> = place(nextScenario(mix).request)
      .then(() => {
        failing = false;
      })
      .catch((error: unknown) => {
        failing = true;
        log.warn({ err: error }, "The gateway did not take an order");
      })
      .finally(() => underWay.delete(placed));
    underWay.add(placed);
    if (underWay.size >= mostUnderWay) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}
