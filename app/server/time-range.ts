import type { TimeRange } from "#contracts/api/answer.ts";
import { defaultRange } from "#contracts/words.ts";
import { SagascopeError } from "#lib/errors.ts";
import type { TimeWindow } from "#store/clickhouse/queries/time-window.ts";

export interface ResolvedRange {
  readonly window: TimeWindow;
  readonly bucketSeconds: number;
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const bucketChoices = [10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 21_600, 28_800, 86_400];
const mostBuckets = 100;
const longestMs = 400 * unitMs.d;

/**
 * The window that a time range means at `nowMs`, and the width of its buckets.
 * A relative range is widened to whole buckets, so that it stands still between two of them and no bucket is cut.
 */
export function resolveRange(range: TimeRange, nowMs: number): ResolvedRange {
  if (range.from !== undefined || range.to !== undefined) return absolute(range, nowMs);
  const text = range.range ?? defaultRange;
  const spanMs = Number(text.slice(0, -1)) * unitMs[text.slice(-1) as keyof typeof unitMs];
  if (spanMs > longestMs) throw new SagascopeError("BAD_REQUEST", "range: give at most 400d.");
  const bucketSeconds = bucketFor(spanMs);
  const bucketMs = bucketSeconds * 1000;
  const fromMs = Math.floor((nowMs - spanMs) / bucketMs) * bucketMs;
  return { window: { fromMs, toMs: (Math.floor(nowMs / bucketMs) + 1) * bucketMs }, bucketSeconds };
}

function absolute({ range, from, to }: TimeRange, nowMs: number): ResolvedRange {
  if (range !== undefined) throw new SagascopeError("BAD_REQUEST", "Give either range, or from and to.");
  if (from === undefined) throw new SagascopeError("BAD_REQUEST", "from: give it beside to.");
  const fromMs = Date.parse(from);
  const toMs = to === undefined ? nowMs : Date.parse(to);
  if (!(toMs > fromMs)) throw new SagascopeError("BAD_REQUEST", "to: give a moment after from.");
  if (toMs - fromMs > longestMs) throw new SagascopeError("BAD_REQUEST", "from: give at most 400 days before to.");
  return { window: { fromMs, toMs }, bucketSeconds: bucketFor(toMs - fromMs) };
}

function bucketFor(spanMs: number): number {
  return bucketChoices.find((seconds) => spanMs / 1000 / seconds <= mostBuckets) ?? 7 * 86_400;
}

/** A moment of the past in ms, of its ISO 8601 text; throws `BAD_REQUEST` for one that is yet to come. */
export function pastMoment(text: string, nowMs: number): number {
  const ms = Date.parse(text);
  if (ms > nowMs) throw new SagascopeError("BAD_REQUEST", "at: give a moment of the past.");
  return ms;
}

/** The same stretch a week before, up to the same moment of it. */
export function weekBefore({ fromMs, toMs }: TimeWindow, nowMs: number): TimeWindow {
  const weekMs = 7 * unitMs.d;
  return { fromMs: fromMs - weekMs, toMs: Math.min(toMs, Math.max(nowMs, fromMs + 1)) - weekMs };
}

/** From how long on a minute makes no difference. */
const longMs = 6 * unitMs.h;

/** A long stretch begins and ends with a minute: so all who ask within one minute ask of the same. */
export function wholeMinutes({ fromMs, toMs }: TimeWindow): TimeWindow {
  const floor = (ms: number) => (toMs - fromMs < longMs ? ms : ms - (ms % unitMs.m));
  return { fromMs: floor(fromMs), toMs: floor(toMs) };
}
