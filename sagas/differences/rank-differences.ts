import { qValues } from "#sagas/statistics/false-discovery.ts";
import { fisherAbove } from "#sagas/statistics/fisher.ts";

/** Of what a feature tells. */
export const featureKinds = [
  "label",
  "service",
  "serviceVersion",
  "sagaVersion",
  "step",
  "failedStep",
  "error",
  "hour",
] as const;
export type FeatureKind = (typeof featureKinds)[number];

export interface Feature {
  readonly kind: FeatureKind;
  readonly value: string;
}

/** Of how many sagas something holds. */
export interface SetAndRest {
  readonly set: number;
  readonly rest: number;
}

export interface Difference extends Feature {
  /** The share of the set that bears it, and of the rest. */
  readonly share: SetAndRest;
  /** How many times as often in the set as in the rest. */
  readonly lift: number;
  /** Fisher's exact test to one side, and what it comes to among all features that were looked at. */
  readonly p: number;
  readonly q: number;
  /** How much of the set it tells apart: its share times the binary logarithm of the lift. What is told is ordered by it. */
  readonly weight: number;
}

/**
 * What the sagas of a set bear more often than the rest, what tells most of the set apart first. `counted` is every feature
 * that was looked at, chosen without a look at which side bears it: then of what is told at most the share `falseShare` is
 * there by chance (Benjamini and Hochberg).
 */
export function rankDifferences(
  counted: readonly (Feature & { readonly bearing: SetAndRest })[],
  { sagas, falseShare }: { sagas: SetAndRest; falseShare: number },
): Difference[] {
  const pValues = counted.map(({ bearing }) =>
    fisherAbove({ inSet: bearing.set, ofSet: sagas.set, inRest: bearing.rest, ofRest: sagas.rest }),
  );
  const q = qValues(pValues);
  return counted
    .map(({ kind, value, bearing }, index) => {
      const share = { set: bearing.set / sagas.set, rest: bearing.rest / sagas.rest };
      // Half a saga more on either side: nobody in the rest makes no lift without end.
      const lift = (bearing.set + 0.5) / (sagas.set + 1) / ((bearing.rest + 0.5) / (sagas.rest + 1));
      return {
        kind,
        value,
        share,
        lift,
        p: pValues[index] ?? 1,
        q: q[index] ?? 1,
        weight: share.set * Math.log2(lift),
      };
    })
    .filter((difference) => difference.q <= falseShare && difference.lift > 1)
    .sort((a, b) => b.weight - a.weight || a.p - b.p || (a.kind + a.value < b.kind + b.value ? -1 : 1));
}
