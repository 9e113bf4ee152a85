import { logChoose } from "./log-gamma.ts";

/** How many bear a feature, in a set and in the rest, of how many there. */
export interface TwoByTwo {
  readonly inSet: number;
  readonly ofSet: number;
  readonly inRest: number;
  readonly ofRest: number;
}

/**
 * The chance that at least so many of the set bear the feature, were those who bear it spread by chance: Fisher's exact
 * test to one side. Exact for few and for many.
 */
export function fisherAbove({ inSet, ofSet, inRest, ofRest }: TwoByTwo): number {
  const bearing = inSet + inRest;
  const most = Math.min(ofSet, bearing);
  const least = Math.max(0, bearing - ofRest);
  if (inSet <= least) return 1;
  const first = Math.exp(
    logChoose(ofSet, inSet) + logChoose(ofRest, bearing - inSet) - logChoose(ofSet + ofRest, bearing),
  );
  let [sum, term] = [first, first];
  for (let count = inSet; count < most; count++) {
    term *= ((ofSet - count) * (bearing - count)) / ((count + 1) * (ofRest - bearing + count + 1));
    sum += term;
    // Terms rise up to the middle and then fall ever faster.
    if (term < sum * 1e-17) break;
  }
  return Math.min(1, sum);
}
