"use client";

import dynamic from "next/dynamic";
import { type CSSProperties, useMemo } from "react";
import type { Buckets } from "./buckets.ts";
import { ChartTable } from "./chart-table.tsx";
import { useCursor } from "./cursor.tsx";
import { cursorIndex, Frame, type ValueAxis } from "./frame.tsx";
import styles from "./lines.module.css";
import { spread } from "./spread.ts";

const LinesDrawing = dynamic(async () => (await import("./lines-drawing.tsx")).LinesDrawing, { ssr: false });

/** A line: its name, its colour, and one value a bucket, null for a gap. */
export interface Series {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

/** Values over time. Each line is named at its end, with its last value, or the one under the cursor. */
export function Lines({
  label,
  buckets,
  series,
  ticksTo,
  format,
  height = 180,
}: {
  label: string;
  buckets: Buckets;
  series: readonly Series[];
  ticksTo: (max: number) => readonly number[];
  format: (value: number) => string;
  height?: number;
}) {
  const count = buckets.startsMs.length;
  const rows = useMemo(
    () =>
      Array.from({ length: count }, (_, at) => ({
        middle: (at + 0.5) / count,
        values: series.map(({ values }) => values[at] ?? null),
      })),
    [count, series],
  );
  const axis: ValueAxis = { ticks: ticksTo(Math.max(0, ...rows.flatMap(({ values }) => values.map(Number)))), format };
  const top = axis.ticks.at(-1) ?? 1;
  const drawing = useMemo(
    () => <LinesDrawing rows={rows} colours={series.map(({ colour }) => colour)} top={top} />,
    [rows, series, top],
  );
  return (
    <>
      <Frame
        label={label}
        buckets={buckets}
        axis={axis}
        height={height}
        beside={<Ends series={series} buckets={buckets} top={top} height={height} format={format} />}
      >
        {drawing}
      </Frame>
      <ChartTable
        caption={label}
        buckets={buckets}
        columns={series.map(({ name }) => name)}
        cell={(bucket, name) => {
          const value = series.find((one) => one.name === name)?.values[bucket];
          return value == null ? "none" : format(value);
        }}
      />
    </>
  );
}

function Ends({
  series,
  buckets,
  top,
  height,
  format,
}: {
  series: readonly Series[];
  buckets: Buckets;
  top: number;
  height: number;
  format: (value: number) => string;
}) {
  const cursor = useCursor();
  const at = cursorIndex(buckets, cursor.atMs);
  const ends = series.map(({ values }) => values.findLast((value) => value !== null) ?? null);
  const shown = series
    .map(({ name, colour, values }, index) => ({
      name,
      colour,
      end: ends[index] ?? null,
      value: at === null ? ends[index] : values[at],
    }))
    .filter(({ end }) => end !== null);
  const places = spread(
    shown.map(({ end }) => height - ((end ?? 0) / top) * height),
    { gap: 18, height },
  );
  return shown.map(({ name, colour, value }, index) => (
    <span key={name} className={styles.end} style={{ "--top": `${places[index]}px` } as CSSProperties}>
      <i style={{ background: colour }} />
      <span>{name}</span>
      <b>{value == null ? "–" : format(value)}</b>
    </span>
  ));
}
