import type { Lag } from "./lane.ts";

/** How far each partition of ours is behind, for whoever asks: ages grow between two measurements too. */
export class Lags {
  readonly #lags = new Map<string, { topic: string; partition: number; lag: Lag }>();

  set(topic: string, partition: number, lag: Lag): void {
    this.#lags.set(`${topic}-${partition}`, { topic, partition, lag });
  }

  /** The topic's partitions may be another's now. */
  forget(topic: string): void {
    for (const [place, of] of this.#lags) if (of.topic === topic) this.#lags.delete(place);
  }

  /** Whether this partition is known to be ours. */
  has(topic: string, partition: number): boolean {
    return this.#lags.has(`${topic}-${partition}`);
  }

  all(): Iterable<{ readonly topic: string; readonly partition: number; readonly lag: Lag }> {
    return this.#lags.values();
  }
}

/** Seconds since then; 0 for a clock that is ahead of ours, and where there is nothing to wait for. */
export function ageSeconds(sinceMs: number | undefined, nowMs: number): number {
  return sinceMs === undefined ? 0 : Math.max(0, nowMs - sinceMs) / 1000;
}
