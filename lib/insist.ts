import { setTimeout as sleep } from "node:timers/promises";

const mostTries = 5;

/** Does it until it works, five times at most; throws what the last try threw, and at once what `isWorthIt` says no to. */
export async function insist<T>(
  work: () => Promise<T>,
  { waitMs, isWorthIt = () => true }: { waitMs: (tries: number) => number; isWorthIt?: (error: unknown) => boolean },
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === mostTries || !isWorthIt(error)) throw error;
      await sleep(waitMs(tries));
    }
  }
}
