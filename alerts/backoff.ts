const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long after a failed attempt the next follows; the first attempt follows at once. */
const delaysMs = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
] as const;

const longestMs = 24 * hour;

/**
 * How long to wait after `failures` failed attempts, in ms; undefined where that was the last. Spread by up to a tenth,
 * by `chance` in [0, 1), so that what failed together does not come back together. Not before the receiver asked for.
 */
export function nextDelayMs(
  failures: number,
  { retryAfterMs, chance }: { retryAfterMs: number | null; chance: number },
): number | undefined {
  const delayMs = delaysMs[failures - 1];
  if (delayMs === undefined) return undefined;
  return Math.max(Math.round(delayMs * (1 + chance / 10)), retryAfterMs ?? 0);
}

/** A `Retry-After` header, seconds or an HTTP date, as ms from `nowMs`: at most a day; null where it says nothing. */
export function readRetryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * second : Date.parse(text) - nowMs;
  return ms > 0 ? Math.min(ms, longestMs) : null;
}
