/** How often a part has ended of late, and how long it had been ready before it did. */
export interface Ending {
  /** Endings in a row without a steady run between them, this one not counted. */
  readonly earlier: number;
  /** How long it had been ready; 0 if it never was. */
  readonly readyMs: number;
}

export interface Restart {
  /** To count this ending in: the next ending's `earlier`. */
  readonly inARow: number;
  readonly delayMs: number;
  /** Whether to show its last log lines: it does not come back by itself. */
  readonly showLog: boolean;
}

const firstDelayMs = 250;
const longestDelayMs = 15_000;
/** Ready for this long, it counts as healthy again. */
const steadyMs = 60_000;

/** What to do about a part that ended by itself: wait twice as long each time, up to 15 s; for ever. */
export function nextRestart({ earlier, readyMs }: Ending): Restart {
  const inARow = readyMs >= steadyMs ? 1 : earlier + 1;
  return {
    inARow,
    delayMs: Math.min(firstDelayMs * 2 ** (inARow - 1), longestDelayMs),
    showLog: inARow >= 3,
  };
}
