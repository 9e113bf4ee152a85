import type { z } from "zod";
import { resolveRange } from "#app/server/time-range.ts";
import type { Cost } from "#contracts/api/answer.ts";
import type { ReleasesParams, ReleaseVerdictParams } from "#contracts/api/params.ts";
import type { ReleaseComparison, Releases, ReleaseVersion } from "#contracts/api/releases.ts";
import { SagascopeError } from "#lib/errors.ts";
import { type Comparison, compareReleases, type Rules, type Stretch } from "#sagas/releases/compare-releases.ts";
import { pairMinutes } from "#sagas/releases/pair-minutes.ts";
import { reasonOf } from "#sagas/releases/reason.ts";
import { type Interval, rateInterval, type Tally } from "#sagas/statistics/rate-interval.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { baselineDurations } from "#store/clickhouse/queries/baseline-durations.ts";
import { canaryFirstSeen } from "#store/clickhouse/queries/canary-first-seen.ts";
import { releaseMinutes } from "#store/clickhouse/queries/release-minutes.ts";
import type { ReleasePair } from "#store/clickhouse/queries/release-sagas.ts";
import { type ReleaseVersionRow, releaseVersions } from "#store/clickhouse/queries/release-versions.ts";
import { refuseAbove, rowsWithin } from "#store/clickhouse/queries/saga-budget.ts";
import type { TimeWindow } from "#store/clickhouse/queries/time-window.ts";
import type { Answering } from "./answering.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const longestMs = 7 * dayMs;
const mostSagas = 4_000_000;
const mostVersions = 1000;
/** A baseline of fewer ended sagas before the canary began says too little of how long sagas take. */
const fewestBefore = 100;
const mostUsual = 100_000;
const shortestSettleMs = 1000;
const longestSettleMs = 6 * hourMs;

/** What canary analysis asks: is the canary as good as the baseline? */
export async function answerReleaseVerdict(
  params: z.output<typeof ReleaseVerdictParams>,
  answering: Answering,
): Promise<ReleaseComparison> {
  const { type, service, baseline, canary } = params;
  return await compare({ type, service, baseline, canary }, params, answering);
}

/** The versions that sagas met, and two of them held against each other. */
export async function answerReleases(
  params: z.output<typeof ReleasesParams>,
  answering: Answering,
): Promise<Omit<Releases, keyof Cost>> {
  const { window } = resolveRange(params, answering.nowMs);
  await refuseAbove(answering.asker, window, { most: mostSagas, what: "releases" });
  const rows = await releaseVersions(
    answering.asker,
    { window, type: params.type, service: params.service },
    mostVersions + 1,
  );
  const pair = pairOf(rows, params);
  return {
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    versions: rows.slice(0, mostVersions).map(versionOf),
    versionsCut: rows.length > mostVersions,
    comparison: pair
      ? await compare(pair.versions, { ...params, since: sinceOf(pair.since, answering) }, answering)
      : null,
  };
}

function versionOf({ percentiles, failed, compensated, first, last, ...row }: ReleaseVersionRow): ReleaseVersion {
  const rate = (count: number) => rateOf({ count, of: row.ended }, 0.05);
  const [p50Ms = null, p95Ms = null, p99Ms = null] = percentiles;
  return {
    ...row,
    firstSeenAt: first,
    lastSeenAt: last,
    failure: rate(failed),
    compensation: rate(compensated),
    p50Ms,
    p95Ms,
    p99Ms,
  };
}

/** The two versions asked for; where they are not both named, the newest of the type and service, and the one before it. */
function pairOf(
  rows: readonly ReleaseVersionRow[],
  { type, service, baseline, canary }: z.output<typeof ReleasesParams>,
): { versions: ReleasePair; since: string } | undefined {
  if (type === undefined) return undefined;
  const own = rows.filter((row) => row.service === (service?.replace(/^\/services\//, "") ?? null));
  const newer = canary === undefined ? own[0] : own.find((row) => row.version === canary);
  const older = own.find((row) => (baseline === undefined ? row.version !== newer?.version : row.version === baseline));
  if (!newer || !older || newer === older) return undefined;
  return { versions: { type, service, baseline: older.version, canary: newer.version }, since: newer.first };
}

/** Since the canary was first seen in the range, and no longer ago than is compared. */
function sinceOf(first: string, { nowMs }: Answering): string {
  return new Date(Math.max(Date.parse(first), nowMs - longestMs + hourMs)).toISOString();
}

type Asked = Omit<z.output<typeof ReleaseVerdictParams>, keyof ReleasePair>;

async function compare(pair: ReleasePair, asked: Asked, { asker, nowMs }: Answering): Promise<ReleaseComparison> {
  const rules: Rules = {
    metrics: asked.metric,
    alpha: asked.alpha,
    margin: asked.margin,
    slowMargin: asked.slowMargin,
    fewest: asked.fewest,
  };
  const sinceMs = await beginning(pair, asked.since, { asker, nowMs });
  if (sinceMs === undefined) return told(pair, { rules, missing: "No saga of the last 24 hours met the canary." });
  await refuseAbove(asker, { fromMs: sinceMs, toMs: nowMs }, { most: mostSagas, what: "this comparison" });
  const before = await baselineDurations(asker, pair, await usualStretch(asker, sinceMs));
  const durations = before.percentilesMs.flatMap((ms) => (ms === null ? [] : [ms]));
  const p99 = durations.pop();
  if (before.ended < fewestBefore || p99 === undefined) {
    const missing = `Of the day before the canary began, only ${before.ended} ended sagas of the baseline tell what is usual; ${fewestBefore} are needed.`;
    return told(pair, { rules, sinceMs, missing });
  }
  const settleMs = asked.settle ?? Math.min(longestSettleMs, Math.max(shortestSettleMs, p99));
  // No percentile is judged at another age than the rest.
  const durationsMs = durations.map((ms) => Math.min(ms, settleMs));
  const span = { sinceMs, nowMs, settleMs, durationsMs };
  const minutes = await releaseMinutes(asker, pair, { ...span, part: "since" });
  const count = (side: string) => minutes.reduce((sum, one) => sum + (one.side === side ? one.sagas : 0), 0);
  const isReplaced = count("baseline") < rules.fewest;
  const earlier = isReplaced ? await releaseMinutes(asker, pair, { ...span, part: "before" }) : [];
  const { pairing, stretches } = pairMinutes([...earlier, ...minutes], { fewest: rules.fewest });
  const sagas = { ...totalsOf(stretches), mixed: count("mixed"), unsettled: count("unsettled") };
  return told(pair, {
    rules,
    sinceMs,
    pairing,
    settleMs,
    durationsMs,
    sagas,
    comparison: compareReleases(stretches, rules),
  });
}

/** Up to a day before a moment, and less where that holds more sagas than are needed to tell what is usual. */
async function usualStretch(asker: Asker, toMs: number): Promise<TimeWindow> {
  const rows = await rowsWithin(asker, { fromMs: toMs - dayMs, toMs });
  return { fromMs: Math.floor(toMs - dayMs * Math.min(1, mostUsual / Math.max(1, rows))), toMs };
}

/** Since when the canary runs: as said, or since its first saga. Throws `BAD_REQUEST` where that is too long ago. */
async function beginning(
  pair: ReleasePair,
  since: string | undefined,
  { asker, nowMs }: Pick<Answering, "asker" | "nowMs">,
): Promise<number | undefined> {
  const first = since ?? (await canaryFirstSeen(asker, pair, { fromMs: nowMs - dayMs, toMs: nowMs }));
  if (first === undefined) return undefined;
  const sinceMs = Date.parse(first);
  if (sinceMs < nowMs - longestMs) throw new SagascopeError("BAD_REQUEST", "since: give a moment of the last 7 days.");
  if (sinceMs > nowMs) throw new SagascopeError("BAD_REQUEST", "since: give a moment that has come.");
  // What slides with the looks would be another test at each of them.
  if (since === undefined && sinceMs < nowMs - dayMs + hourMs / 6) {
    throw new SagascopeError("BAD_REQUEST", "since: say when the canary began; it has run for about a day or longer.");
  }
  return sinceMs;
}

interface Known {
  rules: Rules;
  missing?: string;
  sinceMs?: number;
  pairing?: ReleaseComparison["pairing"];
  settleMs?: number;
  durationsMs?: number[];
  sagas?: ReleaseComparison["sagas"];
  comparison?: Comparison;
}

function told(pair: ReleasePair, known: Known): ReleaseComparison {
  const { rules, comparison = compareReleases([], rules) } = known;
  return {
    result: comparison.result,
    value: { pass: 1, fail: -1, inconclusive: 0 }[comparison.result],
    reason: known.missing ?? reasonOf(comparison, rules),
    type: pair.type,
    service: pair.service ?? null,
    baseline: pair.baseline,
    canary: pair.canary,
    since: known.sinceMs === undefined ? null : new Date(known.sinceMs).toISOString(),
    pairing: known.pairing ?? "concurrent",
    settleMs: known.settleMs ?? null,
    durationsMs: known.durationsMs ?? [],
    alpha: rules.alpha,
    fewest: rules.fewest,
    sagas: known.sagas ?? { baseline: 0, canary: 0, mixed: 0, unsettled: 0 },
    metrics: comparison.metrics.map(({ fails: _, ...metric }) => ({
      ...metric,
      baseline: withRate(metric.baseline),
      canary: withRate(metric.canary),
      difference: differenceOf(metric.baseline, metric.canary),
    })),
  };
}

const withRate = (tally: Tally & Interval) => ({ ...tally, rate: tally.of === 0 ? null : tally.count / tally.of });

const rateOf = (tally: Tally, alpha: number) => withRate({ ...tally, ...rateInterval(tally, alpha) });

function differenceOf(baseline: Tally & Interval, canary: Tally & Interval) {
  const isKnown = baseline.of > 0 && canary.of > 0;
  return {
    share: isKnown ? canary.count / canary.of - baseline.count / baseline.of : null,
    low: canary.low - baseline.high,
    high: canary.high - baseline.low,
  };
}

function totalsOf(stretches: readonly Stretch[]): { baseline: number; canary: number } {
  const total = (side: keyof Stretch) => stretches.reduce((sum, stretch) => sum + stretch[side].sagas, 0);
  return { baseline: total("baseline"), canary: total("canary") };
}
