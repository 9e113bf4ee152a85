import { formatDuration } from "#components/format.ts";
import type { TimeScale } from "./time-scale.ts";

/** A labelled place on the axis; `x` is a share of the width. */
export interface Tick {
  readonly x: number;
  readonly label: string;
}

const charPx = 6.5;
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const longSteps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((count) => count * day),
];

/** The round step between ticks so that a range of `ms` has about `count`. */
export function tickStep(ms: number, count: number): number {
  const raw = ms / Math.max(count, 1);
  if (raw > second) return longSteps.find((step) => step >= raw) ?? 1000 * day;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5, 10].find((step) => step * magnitude >= raw) ?? 10) * magnitude;
}

/**
 * Ticks of a scale as time since its start, apart from each other and clear of the folds, whose own labels stand there.
 */
export function ticksOf(scale: TimeScale, { widthPx }: { widthPx: number }): Tick[] {
  const minPx = widthPx < 500 ? 56 : 96;
  const open = scale.segments.filter((segment) => !segment.folded);
  const openMs = open.reduce((sum, segment) => sum + segment.toMs - segment.fromMs, 0);
  const openPx = open.reduce((sum, segment) => sum + segment.toX - segment.fromX, 0) * widthPx;
  const stepMs = tickStep(openMs, Math.max(1, Math.floor(openPx / (minPx * 1.15))));
  const taken = scale.segments.filter((segment) => segment.folded);
  const ticks: Tick[] = [];
  for (const segment of open) {
    const first = Math.ceil((segment.fromMs - scale.fromMs) / stepMs - 1e-9);
    const last = Math.floor((segment.toMs - scale.fromMs) / stepMs + 1e-9);
    for (let index = first; index <= last && ticks.length < 100; index++) {
      const elapsedMs = index * stepMs;
      const share = (elapsedMs + scale.fromMs - segment.fromMs) / (segment.toMs - segment.fromMs);
      const x = segment.fromX + Math.min(Math.max(share, 0), 1) * (segment.toX - segment.fromX);
      const label = tickLabel(elapsedMs, { stepMs, longestMs: scale.toMs - scale.fromMs });
      const needPx = Math.max(minPx * 0.9, label.length * charPx + 16);
      const before = ticks.at(-1);
      const clear = taken.every((fold) => Math.abs((fold.fromX + fold.toX) / 2 - x) * widthPx >= needPx);
      if (clear && (!before || (x - before.x) * widthPx >= needPx)) ticks.push({ x, label });
    }
  }
  return ticks;
}

/**
 * `0 s`, `1.5 s`, `10 m 03.2 s`, `1 d 04 h`: as exact as the step between ticks asks for, and in ms only on an axis
 * whose longest is under a second.
 */
export function tickLabel(elapsedMs: number, { stepMs, longestMs }: { stepMs: number; longestMs: number }): string {
  if (elapsedMs === 0) return longestMs < 1 ? "0 µs" : longestMs < second ? "0 ms" : "0 s";
  if (longestMs < second) return formatDuration(elapsedMs);
  const digits = stepMs < second ? Math.ceil(-Math.log10(stepMs / second) - 1e-9) : 0;
  if (elapsedMs < minute) return `${(elapsedMs / second).toFixed(digits)} s`;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const whole = Math.floor((parts.length === 0 ? elapsedMs : elapsedMs % (size * radix[unit])) / size + 1e-9);
    if (parts.length === 0 && whole === 0) continue;
    const last = stepMs >= size || unit === "s";
    const text = unit === "s" ? ((elapsedMs % minute) / second).toFixed(digits) : String(whole);
    parts.push(`${parts.length > 0 ? text.padStart(digits > 0 && unit === "s" ? digits + 3 : 2, "0") : text} ${unit}`);
    if (last) break;
  }
  return parts.join(" ");
}

const units = [
  ["d", day],
  ["h", hour],
  ["m", minute],
  ["s", second],
] as const;
const radix = { d: Number.POSITIVE_INFINITY, h: 24, m: 60, s: 60 } as const;
