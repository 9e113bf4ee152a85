import { wholeMs } from "./distinct-events.ts";

/**
 * When a saga began that is stored under `storedAt`: then, or at the earliest of the times (`unsaidAt`) of those of its events that leave
 * it open when it began, whichever comes first. They may be given in any order and more than once. To the millisecond, ISO 8601.
 */
export function startOf(storedAt: string, unsaidAt: readonly string[]): string {
  const startMs = unsaidAt.reduce((least, time) => Math.min(least, wholeMs(time)), Date.parse(storedAt));
  return new Date(startMs).toISOString();
}
