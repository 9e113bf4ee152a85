import type { Starts } from "./saga-starts.ts";
import type { AskStarts } from "./settle-starts.ts";

const remembered = 50_000;
const askedAtOnce = 1_000;

/**
 * Asks `askStore` for what is not remembered. Only what the store answered is remembered:
 * that is the same after a restart.
 */
export function rememberStarts(askStore: (ids: readonly string[], signal: AbortSignal) => Promise<Starts>): AskStarts {
  const memory = new Map<string, number>();
  return async (ids, signal) => {
    const unknown = ids.filter((id) => !memory.has(id));
    for (let at = 0; at < unknown.length; at += askedAtOnce) {
      const answer = await askStore(unknown.slice(at, at + askedAtOnce), signal);
      for (const [id, ms] of answer) memory.set(id, ms);
    }
    const starts = new Map<string, number>();
    for (const id of ids) {
      const start = memory.get(id);
      if (start !== undefined) starts.set(id, start);
    }
    for (const oldest of memory.keys()) {
      if (memory.size <= remembered) break;
      memory.delete(oldest);
    }
    return starts;
  };
}
