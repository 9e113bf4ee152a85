import type { Bar, TimelineRow } from "./timeline-layout.ts";

/**
 * The attempt that an arrow key leads to: left and right within the step, up and down to the attempt of the next step
 * that is nearest in time, Home and End to the first and the last. Undefined for other keys and at the rim.
 */
export function neighbour(rows: readonly TimelineRow[], from: Bar, key: string): Bar | undefined {
  const rowIndex = rows.findIndex((row) => row.bars.some((bar) => bar.key === from.key));
  const bars = rows[rowIndex]?.bars ?? [];
  const index = bars.findIndex((bar) => bar.key === from.key);
  switch (key) {
    case "ArrowLeft":
      return bars[index - 1];
    case "ArrowRight":
      return bars[index + 1];
    case "ArrowUp":
      return nearest(rows.slice(0, Math.max(rowIndex, 0)).findLast(hasBars), from);
    case "ArrowDown":
      return nearest(rows.slice(rowIndex + 1).find(hasBars), from);
    case "Home":
      return rows.find(hasBars)?.bars[0];
    case "End":
      return rows.findLast(hasBars)?.bars.at(-1);
    default:
      return undefined;
  }
}

const hasBars = (row: TimelineRow) => row.bars.length > 0;

function nearest(row: TimelineRow | undefined, from: Bar): Bar | undefined {
  return row?.bars.toSorted((a, b) => Math.abs(a.startMs - from.startMs) - Math.abs(b.startMs - from.startMs))[0];
}

/** The attempt that tells most: what runs now, else the last that failed, else what took longest. */
export function telling(rows: readonly TimelineRow[]): Bar | undefined {
  const bars = rows.flatMap((row) => row.bars).toSorted((a, b) => a.startMs - b.startMs);
  return (
    bars.findLast((bar) => bar.attempt.outcome === "running") ??
    bars.findLast((bar) => bar.attempt.outcome === "failed") ??
    bars.toSorted((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs))[0]
  );
}
