/** A stretch of time, in ms. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stretch and where it lies across the page, as shares of the width. A folded one has a fixed width. */
export interface Segment extends Stretch {
  readonly fromX: number;
  readonly toX: number;
  readonly folded: boolean;
}

/** Time mapped on 0..1, never backwards: proportional, but for the folded stretches. */
export interface TimeScale extends Stretch {
  readonly segments: readonly Segment[];
}

const shortestFoldMs = 1000;
const longestBusyMs = 30_000;

/**
 * Which stretches to fold: where nothing happens and which would squeeze the rest out of sight. At most a dozen, in
 * time order. `busy` is when something is at work; long work with nothing to tell folds too, but only when extreme.
 */
export function pickFolds({ fromMs, toMs, busy }: Stretch & { busy: readonly Stretch[] }): Stretch[] {
  const gaps = stretches({ fromMs, toMs, busy });
  const total = toMs - fromMs;
  const workMs = gaps.reduce((sum, gap) => sum + (gap.idle ? 0 : gap.toMs - gap.fromMs), 0);
  let leftMs = total;
  const folds: Stretch[] = [];
  for (const gap of gaps.toSorted((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))) {
    const ms = gap.toMs - gap.fromMs;
    const dominates = ms >= 0.35 * leftMs || (ms >= 0.08 * total && ms >= 5 * workMs);
    const fold = gap.idle
      ? ms >= shortestFoldMs && ms < leftMs && dominates
      : ms >= longestBusyMs && ms >= 20 * (leftMs - ms) && ms < leftMs;
    if (!fold) continue;
    folds.push({ fromMs: gap.fromMs, toMs: gap.toMs });
    leftMs -= ms;
  }
  return folds.toSorted((a, b) => a.fromMs - b.fromMs);
}

/** Cuts a range wherever work begins or ends, and tells which pieces are idle. */
function stretches({ fromMs, toMs, busy }: Stretch & { busy: readonly Stretch[] }) {
  const inside = busy.flatMap(({ fromMs: from, toMs: to }) =>
    to >= fromMs && from <= toMs ? [{ fromMs: Math.max(from, fromMs), toMs: Math.min(to, toMs) }] : [],
  );
  const starts = inside.map((stretch) => stretch.fromMs).toSorted((a, b) => a - b);
  const ends = inside.map((stretch) => stretch.toMs).toSorted((a, b) => a - b);
  const cuts = [...new Set([fromMs, ...starts, ...ends, toMs])].toSorted((a, b) => a - b);
  let begun = 0;
  let ended = 0;
  return cuts.slice(0, -1).map((cut, index) => {
    while ((starts[begun] ?? Number.POSITIVE_INFINITY) <= cut) begun++;
    while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= cut) ended++;
    return { fromMs: cut, toMs: cuts[index + 1] ?? toMs, idle: begun === ended };
  });
}

/**
 * Lays a range of time on 0..`width`. Each fold takes a fixed part of it, the rest is proportional.
 * `folds` lie inside the range, apart from each other and in order.
 */
export function createScale({
  fromMs,
  toMs,
  folds = [],
  width = 1,
  foldWidth = 0.06,
}: Stretch & { folds?: readonly Stretch[]; width?: number; foldWidth?: number }): TimeScale {
  const end = Math.max(toMs, fromMs + 0.001);
  const foldX = folds.length === 0 ? 0 : Math.min(foldWidth, 0.4 / folds.length) * width;
  const openMs = end - fromMs - folds.reduce((sum, fold) => sum + fold.toMs - fold.fromMs, 0);
  const perMs = openMs > 0 ? (width - foldX * folds.length) / openMs : 0;
  const segments: Segment[] = [];
  let atMs = fromMs;
  let atX = 0;
  const push = (untilMs: number, dx: number, folded: boolean) => {
    const toX = Math.min(atX + dx, width);
    segments.push({ fromMs: atMs, toMs: untilMs, fromX: atX, toX, folded });
    atMs = untilMs;
    atX = toX;
  };
  for (const fold of folds) {
    if (fold.fromMs > atMs) push(fold.fromMs, (fold.fromMs - atMs) * perMs, false);
    push(fold.toMs, foldX, true);
  }
  if (end > atMs) push(end, width - atX, false);
  return { fromMs, toMs: end, segments };
}

/** Where a moment lies, 0..1; moments outside lie on the edge. */
export function xOf(scale: TimeScale, ms: number): number {
  const { segments } = scale;
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.toMs ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  const segment = segments[low];
  if (!segment) return 0;
  const share = (ms - segment.fromMs) / (segment.toMs - segment.fromMs);
  return segment.fromX + Math.min(Math.max(share, 0), 1) * (segment.toX - segment.fromX);
}

const niceSteps = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** The next round number of ms: a running timeline grows into it, and is rescaled only now and then. */
export function niceCeil(ms: number): number {
  if (ms <= 1) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(ms));
  return (niceSteps.find((step) => step * magnitude >= ms) ?? 10) * magnitude;
}
