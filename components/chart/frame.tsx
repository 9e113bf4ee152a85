"use client";

import { type CSSProperties, type PointerEvent, type ReactNode, useRef, useState } from "react";
import { useClock } from "#components/clock.tsx";
import { rangePatch } from "#components/time/range.ts";
import { useUrl } from "#components/url/use-url.ts";
import { type Buckets, indexAt, isUnfinished, stretch } from "./buckets.ts";
import { useCursor } from "./cursor.tsx";
import styles from "./frame.module.css";
import { formatTick, timeTicks } from "./ticks.ts";

/** A value axis: its ticks from 0 up, and how each is written, unit and all. */
export interface ValueAxis {
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

/** Takes the stretch of the bucket that was pressed, ms since the epoch. */
export type OnPick = (stretch: { fromMs: number; toMs: number }) => void;

/**
 * What every chart over time stands in: its axes, the page's one cursor, and the drag that zooms the page's time.
 * `children` draws the marks into the plot; it alone waits for the chart library. `beside` stands right of the plot.
 */
export function Frame({
  label,
  buckets,
  axis,
  height,
  beside,
  onPick,
  children,
}: {
  label: string;
  buckets: Buckets;
  axis: ValueAxis;
  height: number;
  beside?: ReactNode;
  /** A press on one bucket. */
  onPick?: OnPick | undefined;
  children: ReactNode;
}) {
  const { startsMs, bucketMs } = buckets;
  const { nowMs } = useClock();
  const top = axis.ticks.at(-1) ?? 1;
  const unfinished = startsMs.findIndex((start) => isUnfinished(start, bucketMs, nowMs));
  return (
    <figure className={styles.frame} aria-label={label}>
      <div className={styles.values} style={{ height }} aria-hidden>
        {axis.ticks.map((tick) => (
          <span key={tick} style={{ bottom: `${(tick / top) * 100}%` }}>
            {tick === 0 ? "0" : axis.format(tick)}
          </span>
        ))}
      </div>
      <div className={styles.plot} style={{ height }}>
        {axis.ticks.map((tick) => (
          <i key={tick} className={styles.line} data-zero={tick === 0} style={{ bottom: `${(tick / top) * 100}%` }} />
        ))}
        {unfinished >= 0 && <i className={styles.unfinished} style={place(unfinished, unfinished, startsMs.length)} />}
        {children}
        <Touch buckets={buckets} onPick={onPick} />
      </div>
      {beside !== undefined && (
        <div className={styles.beside} style={{ "--height": `${height}px` } as CSSProperties}>
          {beside}
        </div>
      )}
      <TimeAxis buckets={buckets} />
    </figure>
  );
}

/** Where buckets `first`..`last` of `count` stand in the plot. */
const place = (first: number, last: number, count: number) => ({
  left: `${(first / count) * 100}%`,
  width: `${((last - first + 1) / count) * 100}%`,
});

function TimeAxis({ buckets: { startsMs, bucketMs } }: { buckets: Buckets }) {
  const { zone } = useClock();
  const fromMs = startsMs[0] ?? 0;
  const toMs = (startsMs.at(-1) ?? 0) + bucketMs;
  const { ticksMs, stepMs } = timeTicks({ fromMs, toMs }, { zone, most: 7 });
  return (
    <div className={styles.times} aria-hidden>
      {ticksMs.map((ms) => {
        const share = (ms - fromMs) / (toMs - fromMs);
        return (
          <span
            key={ms}
            style={{ left: `${share * 100}%` }}
            data-edge={share < 0.03 ? "start" : share > 0.97 ? "end" : ""}
          >
            {formatTick(ms, { stepMs, zone })}
          </span>
        );
      })}
    </div>
  );
}

/** Hears the pointer over the plot: a move takes the cursor, a drag zooms. */
function Touch({ buckets, onPick }: { buckets: Buckets; onPick: OnPick | undefined }) {
  const cursor = useCursor();
  const url = useUrl();
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const area = useRef<HTMLDivElement>(null);
  const count = buckets.startsMs.length;
  const at = cursorIndex(buckets, cursor.atMs);
  const indexOf = (event: PointerEvent) => {
    const box = area.current?.getBoundingClientRect();
    return box ? indexAt((event.clientX - box.left) / box.width, count) : 0;
  };
  const move = (event: PointerEvent) => {
    const index = indexOf(event);
    cursor.move(buckets.startsMs[index] ?? null);
    if (drag) setDrag({ ...drag, to: index });
  };
  const finish = () => {
    if (drag && drag.from !== drag.to) {
      url.set(rangePatch({ kind: "between", ...stretch(buckets, drag.from, drag.to) }));
    } else if (drag) {
      onPick?.(stretch(buckets, drag.from, drag.to));
    }
    setDrag(null);
  };
  return (
    <div
      ref={area}
      className={styles.touch}
      onPointerMove={move}
      onPointerLeave={() => cursor.move(null)}
      onPointerDown={(event) => {
        if (event.pointerType !== "mouse" || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: indexOf(event), to: indexOf(event) });
      }}
      onPointerUp={finish}
      onPointerCancel={() => setDrag(null)}
    >
      {drag && drag.from !== drag.to && (
        <i
          className={styles.selected}
          style={place(Math.min(drag.from, drag.to), Math.max(drag.from, drag.to), count)}
        />
      )}
      {at !== null && <i className={styles.cursor} style={{ left: `${((at + 0.5) / count) * 100}%` }} />}
    </div>
  );
}

/** The bucket under the page's cursor, or null while it is elsewhere. */
export function cursorIndex({ startsMs, bucketMs }: Buckets, atMs: number | null): number | null {
  if (atMs === null) return null;
  const index = Math.floor((atMs - (startsMs[0] ?? 0)) / bucketMs);
  return index >= 0 && index < startsMs.length ? index : null;
}
