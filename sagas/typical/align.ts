import type { AlignedMove, Move } from "#contracts/api/compare.ts";

/** What a move weighs that the other saga does not have. */
const gap = 1;
/** What two attempts at the same step weigh that ended differently. */
const otherOutcome = 0.5;
/** A step that took ten times as long or more weighs this; the same time weighs nothing. */
const otherDuration = 0.4;
/** Shorter differences than this are no difference, in ms. */
const sameMs = 1;

/** How far apart two moves are; undefined where they are not of the same step, and never side by side. */
export function distanceOf(a: Move, b: Move): number | undefined {
  if (a.step !== b.step || a.compensates !== b.compensates) return undefined;
  const outcome = a.outcome === b.outcome ? 0 : otherOutcome;
  if (a.durationMs === null || b.durationMs === null) return outcome;
  if (Math.abs(a.durationMs - b.durationMs) <= sameMs) return outcome;
  const times = Math.abs(Math.log10((a.durationMs + 1) / (b.durationMs + 1)));
  return outcome + otherDuration * Math.min(1, times);
}

/**
 * The moves of two sagas side by side, so that what is far apart weighs least in all (Needleman and Wunsch 1970). Takes
 * time and room as the product of their numbers of moves.
 */
export function align(here: readonly Move[], there: readonly Move[]): AlignedMove[] {
  const { costs, width } = costsOf(here, there);
  const cost = (i: number, j: number) => costs[i * width + j] ?? Number.POSITIVE_INFINITY;
  const aligned: AlignedMove[] = [];
  let [i, j] = [here.length, there.length];
  while (i > 0 || j > 0) {
    const [a, b] = [here[i - 1], there[j - 1]];
    const distance = a && b ? distanceOf(a, b) : undefined;
    if (a && b && distance !== undefined && cost(i, j) === cost(i - 1, j - 1) + distance) {
      aligned.push(sideBySide(a, b, distance));
      i -= 1;
      j -= 1;
    } else if (a && (!b || cost(i, j) === cost(i - 1, j) + gap)) {
      aligned.push({ kind: "onlyHere", here: a, there: null, differenceMs: null, weight: gap });
      i -= 1;
    } else {
      aligned.push({ kind: "onlyThere", here: null, there: b ?? null, differenceMs: null, weight: gap });
      j -= 1;
    }
  }
  return aligned.reverse();
}

/** How far apart two sagas are in all. */
export function distanceBetween(here: readonly Move[], there: readonly Move[]): number {
  return costsOf(here, there).costs.at(-1) ?? 0;
}

/** What every two beginnings weigh apart, row by row. */
function costsOf(here: readonly Move[], there: readonly Move[]): { costs: Float64Array; width: number } {
  const width = there.length + 1;
  const costs = new Float64Array((here.length + 1) * width);
  for (let i = 0; i <= here.length; i++) {
    for (let j = 0; j <= there.length; j++) {
      if (i === 0 || j === 0) {
        costs[i * width + j] = (i + j) * gap;
        continue;
      }
      const [a, b] = [here[i - 1], there[j - 1]];
      const distance = a && b ? distanceOf(a, b) : undefined;
      const both = distance === undefined ? Number.POSITIVE_INFINITY : (costs[(i - 1) * width + j - 1] ?? 0) + distance;
      const either = Math.min(costs[(i - 1) * width + j] ?? 0, costs[i * width + j - 1] ?? 0) + gap;
      costs[i * width + j] = Math.min(both, either);
    }
  }
  return { costs, width };
}

function sideBySide(here: Move, there: Move, weight: number): AlignedMove {
  const differenceMs =
    here.durationMs === null || there.durationMs === null ? null : here.durationMs - there.durationMs;
  return { kind: kindOf(here, there, { weight, differenceMs }), here, there, differenceMs, weight };
}

function kindOf(
  here: Move,
  there: Move,
  { weight, differenceMs }: Pick<AlignedMove, "weight" | "differenceMs">,
): AlignedMove["kind"] {
  if (here.outcome !== there.outcome) return "outcome";
  if (weight === 0 || differenceMs === null) return "same";
  return differenceMs > 0 ? "slower" : "faster";
}

/** What differs, the heaviest first, and of what weighs the same what makes more of a difference in time. */
export function differencesFirst(aligned: readonly AlignedMove[]): AlignedMove[] {
  const time = ({ differenceMs, here, there }: AlignedMove) =>
    Math.abs(differenceMs ?? here?.durationMs ?? there?.durationMs ?? 0);
  return aligned.filter(({ kind }) => kind !== "same").sort((a, b) => b.weight - a.weight || time(b) - time(a));
}
