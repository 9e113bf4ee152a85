import { setTimeout } from "node:timers/promises";
import type { Freshness, StateCost } from "#contracts/api/answer.ts";

/** What the state says, and how many of its rows that took. */
export interface Said<Content> {
  readonly content: Content;
  readonly rowsRead: number;
}

/**
 * An answer from the state with what it cost, and how fresh the events are that rules count. Rules are worth telling
 * without the event store too: it is not waited for longer than `patienceMs`.
 */
export async function stateAnswer<Content extends object>(
  say: () => Promise<Said<Content>>,
  { freshness, patienceMs = 1000 }: { freshness: () => Promise<Freshness>; patienceMs?: number },
): Promise<Content & StateCost> {
  const began = performance.now();
  const known = Promise.race([freshness().catch(() => null), setTimeout(patienceMs, null, { ref: false })]);
  const { content, rowsRead } = await say();
  return {
    ...content,
    freshness: await known,
    rowsRead,
    tookMs: Math.round((performance.now() - began) * 10) / 10,
  };
}
