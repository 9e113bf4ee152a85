import { latencyPercentiles, type Outcomes, type Stretch } from "./compare-releases.ts";

/** What the sagas of one side did that started in the same minute since the canary began; negative before it. */
export interface SideMinute extends Outcomes {
  readonly minute: number;
  readonly side: "baseline" | "canary" | "mixed" | "unsettled";
}

export interface Paired {
  readonly pairing: "concurrent" | "before";
  readonly stretches: readonly Stretch[];
}

/**
 * The minutes of both sides, side by side. Where the baseline ran on beside the canary, minutes are compared with
 * themselves, and what changes with the time of day cancels out. Where it was replaced at once, the canary's minutes are
 * held against those of the baseline before, in their order: then whatever else changed counts as the canary's.
 * Only numbers of sagas decide which: fewer than `fewest` of the baseline since the canary began, and as many before.
 */
export function pairMinutes(minutes: readonly SideMinute[], { fewest }: { fewest: number }): Paired {
  const of = (side: SideMinute["side"], isBefore: boolean) =>
    minutes.filter((one) => one.side === side && one.minute < 0 === isBefore).sort((a, b) => a.minute - b.minute);
  const [baseline, before, canary] = [of("baseline", false), of("baseline", true), of("canary", false)];
  if (sagasOf(baseline) < fewest && sagasOf(before) >= fewest) {
    return {
      pairing: "before",
      stretches: canary.map((one, index) => ({ baseline: before[index] ?? nothing, canary: one })),
    };
  }
  const all = new Map<number, Stretch>();
  for (const one of baseline) all.set(one.minute, { baseline: one, canary: nothing });
  for (const one of canary) all.set(one.minute, { baseline: all.get(one.minute)?.baseline ?? nothing, canary: one });
  const inOrder = [...all].sort(([a], [b]) => a - b);
  return { pairing: "concurrent", stretches: inOrder.map(([, stretch]) => stretch) };
}

const nothing: Outcomes = { sagas: 0, failed: 0, compensated: 0, slower: latencyPercentiles.map(() => 0) };

const sagasOf = (minutes: readonly SideMinute[]) => minutes.reduce((sum, { sagas }) => sum + sagas, 0);
