"use client";

import { type CSSProperties, type KeyboardEvent, useMemo, useState } from "react";
import { formatDuration } from "#components/format.ts";
import { useUrl } from "#components/url/use-url.ts";
import type { SagaDetail } from "#contracts/api/saga.ts";
import { isOpen } from "#sagas/state.ts";
import { AttemptPanel } from "./attempt-panel.tsx";
import { xOf } from "./time-scale.ts";
import styles from "./timeline.module.css";
import { TimelineAxis, TimelineFolds, TimelineFoot, TimelineGrid } from "./timeline-axis.tsx";
import { type Bar, causeTimes, type Timeline as Layout, layoutTimeline } from "./timeline-layout.ts";
import { TimelineLegend } from "./timeline-legend.tsx";
import { neighbour, telling } from "./timeline-move.ts";
import { type Choosing, TimelineRow } from "./timeline-row.tsx";
import { TimelineTable } from "./timeline-table.tsx";
import { useNow } from "./use-now.ts";
import { useWidth } from "./use-width.ts";
import { VirtualRows } from "./virtual-rows.tsx";

/** What each step of a saga did and when, what undid it, and what is still to come. */
export function Timeline({ saga }: { saga: SagaDetail }) {
  const url = useUrl();
  const fold = url.params.get("fold") !== "off";
  const open = isOpen(saga.state);
  const nowMs = useNow(open && saga.steps.length <= 200);
  const causes = useMemo(() => causeTimes(saga.events), [saga.events]);
  const [lane, widthPx] = useWidth(1000);
  const layout = useMemo(
    () => layoutTimeline(saga, { nowMs: open ? nowMs : 0, widthPx, fold, causes }),
    [saga, open, nowMs, widthPx, fold, causes],
  );
  const deadline = deadlineX(saga, layout);
  const footed = layout.nowX !== null || deadline !== null;
  const torn = layout.folds.map((one) => (one.fromX + one.toX) / 2);
  const { choosing, shown, shownRow } = useChoosing(layout);
  const longest = Math.max(12, ...saga.steps.map((step) => step.name.length + (step.attempts.length > 1 ? 3 : 0)));
  if (saga.steps.length === 0)
    return <p className={styles.empty}>No step has begun. The first appears here as soon as its event is stored.</p>;
  return (
    <div className={styles.timeline} style={{ "--name": `${Math.min(longest, 34) * 7 + 34}px` } as CSSProperties}>
      <div className={styles.head}>
        <TimelineLegend layout={layout} />
        {(layout.foldedMs > 0 || !fold) && (
          <label className={styles.foldChoice}>
            <input type="checkbox" checked={fold} onChange={() => url.set({ fold: fold ? "off" : null }, "replace")} />
            fold quiet time{layout.foldedMs > 0 && ` (${formatDuration(layout.foldedMs)})`}
          </label>
        )}
      </div>
      <section
        className={styles.chart}
        data-footed={footed}
        aria-label="Timeline of the steps; arrow keys move between attempts"
      >
        <div className={styles.axisRow}>
          <div />
          <div ref={lane}>
            <TimelineAxis timeline={layout} />
          </div>
        </div>
        <TimelineGrid timeline={layout} deadlineX={deadline} />
        <VirtualRows
          count={layout.rows.length}
          rowPx={32}
          keyOf={(index) => layout.rows[index]?.step.name ?? String(index)}
          shown={shownRow}
          render={(index) => {
            const row = layout.rows[index];
            return row ? <TimelineRow row={row} widthPx={widthPx} torn={torn} choosing={choosing} /> : null;
          }}
        />
        <TimelineFolds timeline={layout} />
        {footed && (
          <div className={styles.footRow}>
            <TimelineFoot nowX={layout.nowX} deadlineX={deadline} widthPx={widthPx} />
          </div>
        )}
      </section>
      {shown && <AttemptPanel bar={shown} saga={saga} />}
      <TimelineTable layout={layout} />
    </div>
  );
}

/** Which attempt is chosen, looked at and reached by keys; the choice stands in the URL. */
function useChoosing(layout: Layout) {
  const url = useUrl();
  const [preview, setPreview] = useState("");
  const [focus, setFocus] = useState("");
  const bars = new Map(layout.rows.flatMap((row) => row.bars.map((bar) => [bar.key, bar] as const)));
  const selected = bars.get(url.params.get("attempt") ?? "") ?? telling(layout.rows);
  const choosing: Choosing = {
    selected: selected?.key ?? "",
    tabbable: selected?.key ?? "",
    focus,
    select: (bar: Bar) => url.set({ attempt: bar.key }, "replace"),
    preview: (bar: Bar | null) => setPreview(bar?.key ?? ""),
    move: (event: KeyboardEvent, bar: Bar) => {
      const to = neighbour(layout.rows, bar, event.key);
      if (!to) return;
      event.preventDefault();
      setFocus(to.key);
      url.set({ attempt: to.key }, "replace");
    },
  };
  const shownRow = focus ? layout.rows.findIndex((row) => row.bars.some((bar) => bar.key === focus)) : undefined;
  return { choosing, shown: bars.get(preview) ?? selected, shownRow };
}

function deadlineX(saga: SagaDetail, { scale }: Layout): number | null {
  if (!saga.deadline) return null;
  const ms = Date.parse(saga.deadline);
  return ms > scale.fromMs && ms <= scale.toMs ? xOf(scale, ms) : null;
}
