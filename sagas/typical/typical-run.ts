import type { Move, UsualStep } from "#contracts/api/compare.ts";
import { distanceBetween } from "./align.ts";

/** A saga's moves in the order in which they began. */
export interface Run {
  readonly id: string;
  readonly moves: readonly Move[];
}

/**
 * The run that is nearest to all others, the medoid: one that really happened, unlike a mean. Of several as near the one
 * with the least id. Undefined of none. Compares each with each.
 */
export function medoidOf(runs: readonly Run[]): Run | undefined {
  const totals = runs.map(() => 0);
  for (const [i, a] of runs.entries()) {
    for (let j = i + 1; j < runs.length; j++) {
      const distance = distanceBetween(a.moves, runs[j]?.moves ?? []);
      totals[i] = (totals[i] ?? 0) + distance;
      totals[j] = (totals[j] ?? 0) + distance;
    }
  }
  return runs
    .map((run, index) => ({ run, total: totals[index] ?? 0 }))
    .sort((a, b) => a.total - b.total || (a.run.id < b.run.id ? -1 : 1))[0]?.run;
}

/** How each step goes in these runs: in what share of them it was tried, and how long the attempts took that ended. */
export function usualSteps(runs: readonly Run[]): UsualStep[] {
  const steps = new Map<string, { step: string; compensates: string; runs: Set<string>; took: number[] }>();
  for (const { id, moves } of runs) {
    for (const { step, compensates, durationMs } of moves) {
      const key = JSON.stringify([step, compensates]);
      const own = steps.get(key) ?? { step, compensates, runs: new Set(), took: [] };
      steps.set(key, own);
      own.runs.add(id);
      if (durationMs !== null) own.took.push(durationMs);
    }
  }
  return [...steps.values()].map(({ step, compensates, runs: own, took }) => {
    const sorted = took.sort((a, b) => a - b);
    const level = (share: number) => sorted[Math.floor(share * sorted.length)] ?? null;
    return { step, compensates, share: own.size / runs.length, p50Ms: level(0.5), p95Ms: level(0.95) };
  });
}
