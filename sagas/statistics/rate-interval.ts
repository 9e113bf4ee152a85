import { logBeta } from "./log-gamma.ts";

/** How many of how many. */
export interface Tally {
  readonly count: number;
  readonly of: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Where the true share lies, with an error of at most `alpha` over all looks that are ever taken together: a confidence
 * sequence, by mixing the likelihood over all shares alike and leaving out those that it outweighs by 1 / alpha
 * (Robbins 1970). Wider than an interval for one look, and never wrong for having been looked at often.
 */
export function rateInterval({ count, of }: Tally, alpha: number): Interval {
  if (of === 0) return { low: 0, high: 1 };
  const mixed = logBeta(count + 1, of - count + 1);
  const outweighed = (share: number) => mixed - logLikelihood({ count, of }, share) >= -Math.log(alpha);
  const best = count / of;
  return {
    low: count === 0 ? 0 : edge(0, best, (share) => !outweighed(share)),
    high: count === of ? 1 : edge(best, 1, outweighed),
  };
}

function logLikelihood({ count, of }: Tally, share: number): number {
  const hits = count === 0 ? 0 : count * Math.log(share);
  const misses = count === of ? 0 : (of - count) * Math.log(1 - share);
  return hits + misses;
}

/** Where `holds` turns from false to true between `low` and `high`. */
function edge(low: number, high: number, holds: (share: number) => boolean): number {
  let [from, to] = [low, high];
  for (let round = 0; round < 50; round++) {
    const middle = (from + to) / 2;
    if (holds(middle)) to = middle;
    else from = middle;
  }
  return (from + to) / 2;
}
