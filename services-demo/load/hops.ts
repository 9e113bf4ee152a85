import type { Random } from "./random.ts";
import type { SimulatedSaga, Try } from "./simulate-saga.ts";

/** One trace of a saga: what one service did on one message. */
export interface Hop {
  readonly traceId: string;
  readonly spanId: string;
  readonly tries: readonly Try[];
}

/** Groups a saga's tries into hops: the attempts of one step share one, as one message led to them. */
export function hopsOf(saga: SimulatedSaga, random: Random): Map<Try, Hop> {
  const hops = new Map<Try, Hop>();
  for (const tries of Map.groupBy(saga.tries, (one) => one.step).values()) {
    const hop = { traceId: random.hex(32), spanId: random.hex(16), tries };
    for (const one of tries) hops.set(one, hop);
  }
  return hops;
}

/** The hop of a try that `hopsOf` was given. */
export function hopOf(hops: ReadonlyMap<Try, Hop>, one: Try): Hop {
  const hop = hops.get(one);
  if (!hop) throw new Error(`No hop for step ${one.step}: hopsOf was given another saga`);
  return hop;
}
