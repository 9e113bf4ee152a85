import { setTimeout as sleep } from "node:timers/promises";
import type { Metrics } from "./metrics.ts";

/** How long to rest after a turn: so many times as long as it took, and no less than `leastMs`. */
export interface Rest {
  readonly leastMs: number;
  readonly times: number;
}

export interface Chore {
  /** Done by one worker of all: the one that has this topic's first partition. */
  readonly topic: string;
  readonly metrics: Metrics;
  /** How often it is looked whether a turn is due, and ours. */
  readonly lookMs: number;
  /** How much longer a turn waits while so much waits to be stored that all else has to stand back. */
  readonly patienceMs: number;
  /** Does not reject. */
  readonly turn: () => Promise<Rest>;
  /** Leaves it to another worker. */
  readonly leave: () => void;
}

/** Has one worker of all take turn after turn, until `signal` aborts. */
export async function byOneWorker(
  { topic, metrics, lookMs, patienceMs, turn, leave }: Chore,
  signal: AbortSignal,
): Promise<void> {
  let nextMs = 0;
  while (!signal.aborted) {
    if (!metrics.lags.has(topic, 0)) {
      leave();
      nextMs = 0;
    } else if (performance.now() >= nextMs + (isBehind(metrics) ? patienceMs : 0)) {
      const beganMs = performance.now();
      const { leastMs, times } = await turn();
      const endedMs = performance.now();
      nextMs = endedMs + Math.max(leastMs, times * (endedMs - beganMs));
    }
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
  }
}

const behindFrom = 10_000;

const isBehind = ({ lags }: Metrics): boolean => [...lags.all()].some(({ lag }) => lag.messages > behindFrom);
