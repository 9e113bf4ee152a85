import { usualComparison } from "#contracts/words.ts";
import { type Interval, rateInterval, type Tally } from "#sagas/statistics/rate-interval.ts";
import { type Block, evidenceAgainst, evidenceOfAll } from "./e-process.ts";

/** What is compared of two releases. */
export const releaseMetrics = ["failure", "compensation", "latency"] as const;
export type ReleaseMetric = (typeof releaseMetrics)[number];

/** What the sagas of one version did that started in the same stretch of time, each judged at the same age. */
export interface Outcomes {
  readonly sagas: number;
  /** They ended failed. */
  readonly failed: number;
  /** They ended undone, or failed while being undone. */
  readonly compensated: number;
  /** For each of the baseline's percentiles: they had not ended after that long. */
  readonly slower: readonly number[];
}

/** What both versions did in one stretch of time. */
export interface Stretch {
  readonly baseline: Outcomes;
  readonly canary: Outcomes;
}

/** Of the baseline's durations: those that the canary's are held against. The last one's share is the one that is told. */
export const latencyPercentiles = [0.5, 0.75, 0.9, 0.95] as const;

export interface Rules {
  readonly metrics: readonly ReleaseMetric[];
  /** The chance of a false `fail` over all looks and metrics together; and of a false `pass`. */
  readonly alpha: number;
  /** By how much more the canary may fail or compensate, and be slower, and still pass: as a share of its sagas. */
  readonly margin: number;
  readonly slowMargin: number;
  /** Fewer sagas than this of either version decide nothing. */
  readonly fewest: number;
}

/** What holds where nothing else is asked for. */
export const usualRules: Rules = { metrics: releaseMetrics, ...usualComparison };

export interface MetricComparison {
  readonly metric: ReleaseMetric;
  /** `worse`, `better`: than the baseline. `within`: not worse by the margin. `unknown`: not enough has been seen. */
  readonly verdict: "worse" | "better" | "within" | "unknown";
  readonly baseline: Tally & Interval;
  readonly canary: Tally & Interval;
  readonly margin: number;
  readonly isWithinMargin: boolean;
  /** Shown worse before it was shown to be within the margin. */
  readonly fails: boolean;
  /** E-values that the canary is worse, is better, and is within the margin; each counts from `needed` on. */
  readonly evidence: { readonly worse: number; readonly better: number; readonly within: number };
  readonly needed: { readonly worse: number; readonly better: number; readonly within: number };
  /** Sagas of both versions that had been seen when the verdict was reached; null while it is unknown. */
  readonly sagasNeeded: number | null;
}

export interface Comparison {
  readonly result: "pass" | "fail" | "inconclusive";
  readonly metrics: readonly MetricComparison[];
}

/**
 * Whether the canary is as good as the baseline. A `fail` is earned where any metric is shown worse before it is shown
 * to be within its margin; a `pass` where each is shown to be within its margin. Each is wrong with a chance of at most
 * alpha, however often it is asked: for `worse` alpha is split over the metrics, for `within` it is not, since all must hold.
 * The stretches come in order of time, and one that was there keeps its place and content in later looks: so a result
 * other than `inconclusive` stays.
 */
export function compareReleases(stretches: readonly Stretch[], rules: Rules): Comparison {
  const blocks = inBlocks(stretches);
  const metrics = rules.metrics.map((metric) => compareMetric(metric, blocks, rules));
  const isEnough = metrics.every(({ baseline, canary }) => Math.min(baseline.of, canary.of) >= rules.fewest);
  return { result: isEnough ? resultOf(metrics) : "inconclusive", metrics };
}

function resultOf(metrics: readonly MetricComparison[]): Comparison["result"] {
  if (metrics.some(({ fails }) => fails)) return "fail";
  return metrics.length > 0 && metrics.every(({ isWithinMargin }) => isWithinMargin) ? "pass" : "inconclusive";
}

function compareMetric(metric: ReleaseMetric, stretches: readonly Stretch[], rules: Rules): MetricComparison {
  const { alpha, metrics } = rules;
  const needed = { worse: metrics.length / alpha, better: metrics.length / alpha, within: 1 / alpha };
  const margin = metric === "latency" ? rules.slowMargin : rules.margin;
  const levels = metric === "latency" ? latencyPercentiles.map((_, level) => level) : [0];
  const byLevel = levels.map((level) => stretches.map((stretch) => blockOf(metric, stretch, level)));
  const own = byLevel.at(-1) ?? [];
  const all = (claim: "notAbove" | "notBelow") => byLevel.map((blocks) => ({ doubted: { claim, margin: 0 }, blocks }));
  const worse = evidenceOfAll(all("notAbove"), needed.worse);
  const better = evidenceOfAll(all("notBelow"), needed.better);
  const within = evidenceAgainst({ claim: "notBelow", margin }, own, needed.within);
  const reached = worse.reachedAt ?? better.reachedAt ?? within.reachedAt;
  const total = (side: keyof Block): Tally & Interval => {
    const tally = own.reduce((sum, block) => add(sum, block[side]), { count: 0, of: 0 });
    return { ...tally, ...rateInterval(tally, alpha) };
  };
  return {
    metric,
    verdict: verdictOf({ worse, better, within }),
    baseline: total("baseline"),
    canary: total("canary"),
    margin,
    isWithinMargin: within.reachedAt !== null,
    fails: worse.reachedAt !== null && (within.reachedAt === null || worse.reachedAt <= within.reachedAt),
    evidence: { worse: worse.now, better: better.now, within: within.now },
    needed,
    sagasNeeded: reached === null ? null : sagasOf(own.slice(0, reached + 1)),
  };
}

type Reached = Record<"worse" | "better" | "within", { readonly reachedAt: number | null }>;

function verdictOf({ worse, better, within }: Reached): MetricComparison["verdict"] {
  if (worse.reachedAt !== null) return "worse";
  if (better.reachedAt !== null) return "better";
  return within.reachedAt === null ? "unknown" : "within";
}

function blockOf(metric: ReleaseMetric, { baseline, canary }: Stretch, level: number): Block {
  const tally = (outcomes: Outcomes): Tally => {
    const counts = {
      failure: outcomes.failed,
      compensation: outcomes.compensated,
      latency: outcomes.slower[level] ?? 0,
    } satisfies Record<ReleaseMetric, number>;
    return { count: counts[metric], of: outcomes.sagas };
  };
  return { baseline: tally(baseline), canary: tally(canary) };
}

/** Of either version at least so many, so that a block tells of both. */
const fewestOfBlock = 5;

/**
 * Stretches joined until each tells of both versions. Only numbers of sagas decide where a block ends, never their
 * outcomes, and a block that has ended stays as it is; the last stretches wait for those that complete their block.
 */
export function inBlocks(stretches: readonly Stretch[]): Stretch[] {
  const blocks: Stretch[] = [];
  let open: Stretch | undefined;
  for (const stretch of stretches) {
    open = open
      ? { baseline: join(open.baseline, stretch.baseline), canary: join(open.canary, stretch.canary) }
      : stretch;
    if (Math.min(open.baseline.sagas, open.canary.sagas) < fewestOfBlock) continue;
    blocks.push(open);
    open = undefined;
  }
  return blocks;
}

function join(a: Outcomes, b: Outcomes): Outcomes {
  return {
    sagas: a.sagas + b.sagas,
    failed: a.failed + b.failed,
    compensated: a.compensated + b.compensated,
    slower: a.slower.map((count, level) => count + (b.slower[level] ?? 0)),
  };
}

const add = (a: Tally, b: Tally): Tally => ({ count: a.count + b.count, of: a.of + b.of });

const sagasOf = (blocks: readonly Block[]) =>
  blocks.reduce((sum, { baseline, canary }) => sum + baseline.of + canary.of, 0);
