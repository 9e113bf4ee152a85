import type { Comparison, MetricComparison, Rules } from "./compare-releases.ts";

/** Why a comparison came to its result, in a sentence. */
export function reasonOf({ result, metrics }: Comparison, { fewest }: Rules): string {
  if (result === "fail") {
    const worst = metrics.filter(({ fails }) => fails).map(told);
    return `The canary is worse: ${worst.join("; ")}.`;
  }
  if (result === "pass") return `The canary is within the margin: ${metrics.map(told).join("; ")}.`;
  const [few] = metrics.filter(({ baseline, canary }) => Math.min(baseline.of, canary.of) < fewest);
  if (few) {
    return `Not enough sagas yet: ${few.baseline.of} of the baseline and ${few.canary.of} of the canary, of ${fewest} each.`;
  }
  const open = metrics.filter(({ isWithinMargin }) => !isWithinMargin).map(({ metric }) => metric);
  return `Not enough is known yet of ${open.join(", ")}: neither worse nor within the margin.`;
}

const words: Record<MetricComparison["metric"], string> = {
  failure: "failed",
  compensation: "were compensated",
  latency: "took longer than the baseline's p95",
};

const percent = ({ count, of }: { count: number; of: number }) => `${((100 * count) / Math.max(1, of)).toFixed(2)} %`;

const told = ({ metric, baseline, canary }: MetricComparison) =>
  `${percent(canary)} ${words[metric]}, of the baseline ${percent(baseline)}`;
