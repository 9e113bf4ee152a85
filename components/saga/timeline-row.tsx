"use client";

import type { CSSProperties, KeyboardEvent } from "react";
import { barGlyphs, barLabels } from "./bar-labels.ts";
import { StepMark } from "./step-mark.tsx";
import styles from "./timeline.module.css";
import { TimelineBar } from "./timeline-bar.tsx";
import type { Bar, Extent, TimelineRow as Row } from "./timeline-layout.ts";

const at = ({ x, width }: Extent) => ({ left: `${(x * 100).toFixed(4)}%`, width: `${(width * 100).toFixed(4)}%` });

/** How the rows of a timeline are moved through and chosen from. */
export interface Choosing {
  readonly selected: string;
  readonly tabbable: string;
  readonly focus: string;
  select(bar: Bar): void;
  preview(bar: Bar | null): void;
  move(event: KeyboardEvent, bar: Bar): void;
}

/** A step: its name, its attempts, and what undid it, tied to what it undoes. */
export function TimelineRow({
  row,
  widthPx,
  torn,
  choosing,
}: {
  row: Row;
  widthPx: number;
  torn: readonly number[];
  choosing: Choosing;
}) {
  const { step, bars } = row;
  const tries = step.attempts.length;
  const glyphs = barGlyphs(bars, widthPx);
  const labels = barLabels(bars, { widthPx, torn });
  const label = labels[bars.findLastIndex((bar) => !bar.compensates)];
  // Clear of the end mark and of the words after it.
  const clearPx = label?.side === "after" ? label.px : 18;
  return (
    <div className={styles.row} data-state={step.state}>
      <div className={styles.name} title={step.name}>
        <StepMark state={step.state} />
        <span className={styles.step}>{step.name}</span>
        {tries > 1 && (
          <span className="faint" title={`${tries} attempts`}>
            ×{tries}
          </span>
        )}
      </div>
      <div className={styles.lane}>
        {row.tie && row.tie.width * widthPx > clearPx + 30 && (
          <span
            className={styles.tie}
            style={{ ...at(row.tie), "--clear": `${clearPx}px` } as CSSProperties}
            data-look={step.state}
            aria-hidden
          />
        )}
        {row.held && (
          <span className={styles.held} style={{ ...at(row.held), "--clear": `${clearPx}px` } as CSSProperties}>
            <span>not undone</span>
          </span>
        )}
        {row.queued && <span className={styles.queued} style={at(row.queued)} title="waiting in queue" />}
        {row.ahead && <span className={styles.ahead} style={at(row.ahead)} aria-hidden />}
        {step.state === "skipped" && <span className={styles.skipped}>skipped</span>}
        {bars.map((bar, index) => (
          <TimelineBar
            key={bar.key}
            bar={bar}
            label={labels[index] ?? null}
            glyphs={glyphs[index] ?? { end: true, undo: true }}
            half={row.split ? (bar.compensates ? "lower" : "upper") : null}
            selected={choosing.selected === bar.key}
            tabbable={choosing.tabbable === bar.key}
            focus={choosing.focus === bar.key}
            onSelect={() => choosing.select(bar)}
            onPreview={(on) => choosing.preview(on ? bar : null)}
            onKeyDown={(event) => choosing.move(event, bar)}
          />
        ))}
      </div>
    </div>
  );
}
