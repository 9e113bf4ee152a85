"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useMemo } from "react";
import { useClock } from "#components/clock.tsx";
import { formatCount, formatTime } from "#components/format.ts";
import { type Buckets, isUnfinished } from "./buckets.ts";
import { ChartTable } from "./chart-table.tsx";
import { useCursor } from "./cursor.tsx";
import { cursorIndex, Frame, type OnPick } from "./frame.tsx";
import styles from "./stacked-bars.module.css";
import { countTicks } from "./ticks.ts";

// The chart library is as heavy as all the rest of a page: it comes when the numbers already stand there.
const BarsDrawing = dynamic(async () => (await import("./bars-drawing.tsx")).BarsDrawing, { ssr: false });

/** A layer of the stack: its name, how it is marked in the key, its colour, and one count a bucket. */
export interface Layer {
  readonly name: string;
  readonly mark: ReactNode;
  readonly colour: string;
  readonly counts: readonly number[];
}

/** Counts over time, stacked, lowest layer first; the key above it shows the totals, or the bucket under the cursor. */
export function StackedBars({
  label,
  whole,
  buckets,
  layers,
  onPick,
  height = 180,
  beside = false,
}: {
  label: string;
  /** What the key's numbers cover while no bucket is pointed at. */
  whole: string;
  buckets: Buckets;
  layers: readonly Layer[];
  onPick?: OnPick;
  height?: number;
  /** Leaves the room on the right that a chart of lines needs for its names, so that both keep one time axis. */
  beside?: boolean;
}) {
  const { nowMs } = useClock();
  const { startsMs, bucketMs } = buckets;
  const open = startsMs.findIndex((start) => isUnfinished(start, bucketMs, nowMs));
  const rows = useMemo(
    () => startsMs.map((_, at) => ({ unfinished: at === open, counts: layers.map(({ counts }) => counts[at] ?? 0) })),
    [startsMs, layers, open],
  );
  const ticks = countTicks(Math.max(0, ...rows.map(({ counts }) => sum(counts))));
  const top = ticks.at(-1) ?? 1;
  const drawing = useMemo(
    () => <BarsDrawing rows={rows} colours={layers.map(({ colour }) => colour)} top={top} />,
    [rows, layers, top],
  );
  return (
    <>
      <Key whole={whole} buckets={buckets} layers={layers} />
      <Frame
        label={label}
        buckets={buckets}
        axis={{ ticks, format: formatCount }}
        height={height}
        onPick={onPick}
        beside={beside ? "" : undefined}
      >
        {drawing}
      </Frame>
      <ChartTable
        caption={label}
        buckets={buckets}
        columns={layers.map(({ name }) => name)}
        cell={(bucket, name) => String(layers.find((layer) => layer.name === name)?.counts[bucket] ?? 0)}
      />
    </>
  );
}

function Key({ whole, buckets, layers }: { whole: string; buckets: Buckets; layers: readonly Layer[] }) {
  const cursor = useCursor();
  const { nowMs, zone } = useClock();
  const at = cursorIndex(buckets, cursor.atMs);
  const start = at === null ? undefined : buckets.startsMs[at];
  return (
    <div className={styles.key}>
      <span className={styles.when}>
        {start === undefined
          ? whole
          : span(start, buckets.bucketMs, (ms) => formatTime(ms, zone, { nowMs, precise: false }))}
      </span>
      {layers.map(({ name, mark, counts }) => (
        <span key={name} className={styles.entry}>
          {mark} <b>{formatCount(at === null ? sum(counts) : (counts[at] ?? 0))}</b>
        </span>
      ))}
    </div>
  );
}

const span = (start: number, length: number, format: (ms: number) => string) =>
  `${format(start)} – ${format(start + length)}`;
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
