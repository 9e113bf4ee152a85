import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import {
  type Comparison,
  compareReleases,
  latencyPercentiles,
  type Outcomes,
  type Rules,
  type Stretch,
} from "./compare-releases.ts";

/** A rollout as it might be: shares of sagas that fail, are compensated, and how much slower the canary is. */
export interface Rollout {
  readonly failure: { readonly baseline: number; readonly canary: number };
  readonly compensation: { readonly baseline: number; readonly canary: number };
  /** Of a canary's saga the duration is that of the baseline's times this. */
  readonly slower: number;
  /** Sagas a minute of each. */
  readonly perMinute: { readonly baseline: number; readonly canary: number };
  readonly minutes: number;
  /** By how much all shares swing over a day: 0.5 is from half to one and a half times. */
  readonly swing: number;
}

/** Eight hours of two versions that are the same. */
export const sameRollout: Rollout = {
  failure: { baseline: 0.02, canary: 0.02 },
  compensation: { baseline: 0.02, canary: 0.02 },
  slower: 1,
  perMinute: { baseline: 20, canary: 20 },
  minutes: 480,
  swing: 0.5,
};

/** What happened in each minute, by chance; the same for the same seed. */
export function simulateRollout(rollout: Rollout, seed: number): Stretch[] {
  const source = xoroshiro128plus(seed);
  const chance = () => uniformInt(source, 0, 0x3fffffff) / 0x40000000;
  return Array.from({ length: rollout.minutes }, (_, minute) => {
    const times = 1 + rollout.swing * Math.sin((2 * Math.PI * minute) / 1440);
    const side = (name: "baseline" | "canary") =>
      outcomesOf({
        sagas: rollout.perMinute[name],
        failure: rollout.failure[name] * times,
        compensation: rollout.compensation[name] * times,
        slower: name === "canary" ? rollout.slower : 1,
        chance,
      });
    return { baseline: side("baseline"), canary: side("canary") };
  });
}

interface Minute {
  sagas: number;
  failure: number;
  compensation: number;
  slower: number;
  chance: () => number;
}

function outcomesOf({ sagas, failure, compensation, slower, chance }: Minute): Outcomes {
  let [failed, compensated] = [0, 0];
  const counts = latencyPercentiles.map(() => 0);
  for (let saga = 0; saga < sagas; saga++) {
    if (chance() < failure) failed += 1;
    if (chance() < compensation) compensated += 1;
    // Durations are exponential: at percentile q a baseline's saga has taken -ln(1 - q).
    const duration = -Math.log(1 - chance()) * slower;
    for (const [level, percentile] of latencyPercentiles.entries()) {
      if (duration > -Math.log(1 - percentile)) counts[level] = (counts[level] ?? 0) + 1;
    }
  }
  return { sagas, failed, compensated, slower: counts };
}

/** What looks at every minute of a rollout come to: the first result that was not `inconclusive`, and what it took. */
export interface Looked {
  readonly result: Comparison["result"];
  readonly minutes: number;
  /** Of both versions. */
  readonly sagas: number;
}

/**
 * Looks after every minute until there is a result. Since a result once reached stays, the first minute of it is found
 * by halving; a test holds this to looking one minute after the other.
 */
export function lookEveryMinute(rollout: Rollout, { rules, seed }: { rules: Rules; seed: number }): Looked {
  const stretches = simulateRollout(rollout, seed);
  const resultAfter = (minutes: number) => compareReleases(stretches.slice(0, minutes), rules).result;
  const perMinute = rollout.perMinute.baseline + rollout.perMinute.canary;
  const result = resultAfter(rollout.minutes);
  let [from, to] = [0, rollout.minutes];
  while (result !== "inconclusive" && to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (resultAfter(middle) === "inconclusive") from = middle;
    else to = middle;
  }
  return { result, minutes: to, sagas: to * perMinute };
}
