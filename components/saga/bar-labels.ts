import { formatDuration } from "#components/format.ts";
import { type Bar, endOf, leftOf } from "./timeline-layout.ts";

/** The words beside a bar, on the side where there is room, and how wide they are about, in px. */
export interface BarLabel {
  readonly side: "after" | "before";
  readonly text: string;
  readonly px: number;
}

const charPx = 6.7;
const padPx = 24;

/**
 * What to write beside each bar of a row, from the fullest wording that fits down to nothing: the error of a failed
 * attempt, the name of a compensation, how long it took. Bars are in time order; `torn` are the places (shares of the
 * width) where a fold tears the row.
 */
export function barLabels(
  bars: readonly Bar[],
  { widthPx, torn }: { widthPx: number; torn: readonly number[] },
): (BarLabel | null)[] {
  let takenPx = 0;
  return bars.map((bar, index) => {
    const next = bars[index + 1];
    const startPx = leftOf(bar) * widthPx - (bar.compensates ? 14 : 0);
    const endPx = endOf(bar) * widthPx;
    const tearPx = torn.map((x) => x * widthPx - 6).find((px) => px > endPx) ?? Number.POSITIVE_INFINITY;
    const tornPx = torn.map((x) => x * widthPx + 6).findLast((px) => px < startPx) ?? 0;
    const afterPx = Math.min(next ? limitOf(next) * widthPx : widthPx + 8, tearPx) - endPx;
    const beforePx = startPx - Math.max(takenPx, tornPx);
    // A try that is not the last is explained after it or not at all: before it, its words would seem to be another's.
    const isLast = next?.compensates !== bar.compensates;
    const text = wordings(bar, isLast).find((wording) => {
      const px = wording.length * charPx + padPx;
      return px <= afterPx || (isLast && px <= beforePx);
    });
    const px = (text?.length ?? 0) * charPx + padPx;
    const after = text !== undefined && px <= afterPx;
    takenPx = endPx + (after ? px : padPx / 2);
    return text ? { side: after ? "after" : "before", text, px } : null;
  });
}

/** Which glyphs of each bar have room: the one at its end, and the one before it that says it undoes. */
export function barGlyphs(bars: readonly Bar[], widthPx: number): { end: boolean; undo: boolean }[] {
  return bars.map((bar, index) => {
    const before = bars[index - 1];
    const next = bars[index + 1];
    const roomBefore = before ? (leftOf(bar) - endOf(before)) * widthPx : leftOf(bar) * widthPx + glyphPx;
    const roomAfter = next ? (limitOf(next) - endOf(bar)) * widthPx : glyphPx;
    return { end: roomAfter >= glyphPx, undo: roomBefore >= 2 * glyphPx };
  });
}

const glyphPx = 18;

/** Words may stand over a back-off, which is nothing but time, but not over a queue. */
const limitOf = (bar: Bar): number => (bar.backOff ? bar.work.x : leftOf(bar));

function wordings(bar: Bar, isLast: boolean): string[] {
  const took = bar.workMs === null ? [] : [formatDuration(bar.workMs)];
  const code = bar.attempt.error?.code;
  if (bar.attempt.outcome === "failed" && code) return isLast ? [[code, ...took].join(" · "), code, ...took] : [code];
  if (bar.compensates && isLast) return [[bar.name, ...took].join(" · "), bar.name, ...took];
  return took;
}
