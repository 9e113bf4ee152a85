"use client";

import { type KeyboardEvent, useEffect, useRef } from "react";
import { formatDuration } from "#components/format.ts";
import { StateGlyph } from "#components/mark/state-glyph.tsx";
import type { BarLabel } from "./bar-labels.ts";
import styles from "./timeline-bar.module.css";
import type { Bar, Extent } from "./timeline-layout.ts";

const percent = (share: number) => `${(share * 100).toFixed(4)}%`;

/** One attempt on the lane: what it waited, what it worked, how it ended. */
export function TimelineBar({
  bar,
  label,
  glyphs,
  half,
  selected,
  tabbable,
  focus,
  onSelect,
  onPreview,
  onKeyDown,
}: {
  bar: Bar;
  label: BarLabel | null;
  /** Which glyphs have room. */
  glyphs: { end: boolean; undo: boolean };
  half: "upper" | "lower" | null;
  selected: boolean;
  tabbable: boolean;
  focus: boolean;
  onSelect(): void;
  onPreview(on: boolean): void;
  onKeyDown(event: KeyboardEvent): void;
}) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (focus) button.current?.focus({ preventScroll: false });
  }, [focus]);
  const wait = bar.queue ?? bar.backOff;
  const x = (wait ?? bar.work).x;
  const end = glyphs.end ? endOf(bar) : null;
  const width = bar.work.x + bar.work.width - x;
  const within = (extent: Extent) =>
    width > 0 ? { left: percent((extent.x - x) / width), width: percent(extent.width / width) } : { left: 0, width: 0 };
  return (
    <button
      ref={button}
      type="button"
      className={styles.bar}
      style={{ left: percent(x), width: percent(width) }}
      data-half={half}
      data-look={lookOf(bar)}
      aria-label={describe(bar)}
      aria-pressed={selected}
      tabIndex={tabbable ? 0 : -1}
      onClick={onSelect}
      onKeyDown={onKeyDown}
      onMouseEnter={() => onPreview(true)}
      onMouseLeave={() => onPreview(false)}
    >
      {bar.compensates && glyphs.undo && (
        <span className={styles.undo}>
          <StateGlyph state={bar.attempt.outcome === "running" ? "compensating" : "compensated"} />
        </span>
      )}
      {label?.side === "before" && (
        <span className={styles.label} data-side="before">
          {label.text}
        </span>
      )}
      {bar.queue && <span className={styles.queue} style={within(bar.queue)} />}
      {bar.backOff && <span className={styles.backOff} style={within(bar.backOff)} />}
      <span className={styles.work} style={within(bar.work)} data-told={bar.workMs !== null}>
        <span className={styles.end}>{end && <StateGlyph state={end} />}</span>
        {label?.side === "after" && (
          <span className={styles.label} data-side="after">
            {label.text}
          </span>
        )}
      </span>
    </button>
  );
}

type Look = "done" | "failed" | "running" | "undone" | "undoing";

function lookOf({ attempt, compensates }: Bar): Look {
  if (attempt.outcome === "failed") return "failed";
  if (attempt.outcome === "running") return compensates ? "undoing" : "running";
  return compensates ? "undone" : "done";
}

function endOf({ attempt, compensates }: Bar): "failed" | "completed" | null {
  if (attempt.outcome === "failed") return "failed";
  return attempt.outcome === "completed" && !compensates ? "completed" : null;
}

/** An attempt in a sentence. */
export function describe({ name, compensates, attempt, queueMs, backOffMs, workMs }: Bar): string {
  return [
    compensates ? `${name}, undoing ${compensates}` : name,
    `attempt ${attempt.attempt} ${attempt.outcome}`,
    ...(queueMs ? [`queued ${formatDuration(queueMs)}`] : []),
    ...(backOffMs ? [`after a back-off of ${formatDuration(backOffMs)}`] : []),
    ...(workMs === null ? ["its start was not reported"] : [`worked ${formatDuration(workMs)}`]),
    ...(attempt.error ? [`error ${attempt.error.code}`] : []),
  ].join(", ");
}
