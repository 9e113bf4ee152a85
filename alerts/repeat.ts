import { setTimeout as sleep } from "node:timers/promises";

/**
 * Does `work`, waits `everyMs`, and so on until `stop`; `done` hears how each round went. Resolves once the last round
 * has ended.
 */
export async function repeat(
  work: () => Promise<void>,
  { everyMs, stop, done }: { everyMs: number; stop: AbortSignal; done: (error?: unknown) => void },
): Promise<void> {
  while (!stop.aborted) {
    try {
      await work();
      done();
    } catch (error) {
      done(error);
    }
    // Rejects only when it is stopped.
    await sleep(everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
}
