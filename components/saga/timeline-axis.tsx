import { formatDuration } from "#components/format.ts";
import styles from "./timeline.module.css";
import type { Timeline as Layout } from "./timeline-layout.ts";

type Timeline = Pick<Layout, "ticks" | "folds" | "nowX">;

const left = (x: number) => ({ left: `${(x * 100).toFixed(4)}%` });

/** The labels over the lanes: time since the saga's start, and how long each fold is. */
export function TimelineAxis({ timeline }: { timeline: Timeline }) {
  return (
    <div className={styles.axis} aria-hidden>
      {timeline.ticks.map((tick) => (
        <span
          key={tick.label}
          className={styles.tick}
          data-first={tick.x < 0.02}
          data-last={tick.x > 0.97}
          style={left(tick.x)}
        >
          {tick.label}
        </span>
      ))}
      {timeline.folds.map((fold) => (
        <span key={fold.fromMs} className={styles.foldLabel} style={left((fold.fromX + fold.toX) / 2)}>
          {formatDuration(fold.toMs - fold.fromMs)}
        </span>
      ))}
    </div>
  );
}

/** The hairlines behind the bars, and the zigzags that tear them where time is folded. */
export function TimelineGrid({ timeline, deadlineX }: { timeline: Timeline; deadlineX: number | null }) {
  return (
    <div className={styles.gridBox} aria-hidden>
      <div className={styles.grid}>
        {timeline.ticks.map((tick) => (
          <span key={tick.label} className={styles.gridLine} style={left(tick.x)} />
        ))}
        {timeline.nowX !== null && <span className={styles.nowLine} style={left(timeline.nowX)} />}
        {deadlineX !== null && <span className={styles.deadlineLine} style={left(deadlineX)} />}
      </div>
    </div>
  );
}

/** The names of the lines that cross the lanes, under them; where the two would touch, only the deadline's. */
export function TimelineFoot({
  nowX,
  deadlineX,
  widthPx,
}: {
  nowX: number | null;
  deadlineX: number | null;
  widthPx: number;
}) {
  const apart = nowX === null || deadlineX === null || Math.abs(nowX - deadlineX) * widthPx > 56;
  const marks = [
    { kind: "now", x: apart ? nowX : null },
    { kind: "deadline", x: deadlineX },
  ];
  return (
    <div className={styles.foot} aria-hidden>
      {marks.map(
        ({ kind, x }) =>
          x !== null && (
            <span
              key={kind}
              data-kind={kind}
              data-first={x * widthPx < 30}
              data-last={(1 - x) * widthPx < 30}
              style={left(x)}
            >
              {kind}
            </span>
          ),
      )}
    </div>
  );
}

/** Where time is folded, torn over everything. */
export function TimelineFolds({ timeline }: { timeline: Timeline }) {
  return (
    <div className={styles.gridBox} aria-hidden data-over>
      <div className={styles.grid}>
        {timeline.folds.map((fold) => (
          <span
            key={fold.fromMs}
            className={styles.fold}
            style={left((fold.fromX + fold.toX) / 2)}
            title={`${formatDuration(fold.toMs - fold.fromMs)} folded`}
          />
        ))}
      </div>
    </div>
  );
}
