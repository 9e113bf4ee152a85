"use client";

import { type KeyboardEvent, useMemo, useState } from "react";
import { formatCount, formatDuration } from "#components/format.ts";
import { Empty } from "#components/panel.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { SagaTraces } from "#contracts/api/saga.ts";
import { HopRow, SpanRow } from "./span-row.tsx";
import { type Hop, hopsOf, rowsOf, type WaterfallRow } from "./span-tree.ts";
import { ticksOf } from "./ticks.ts";
import { createScale, pickFolds, type TimeScale } from "./time-scale.ts";
import { TimelineAxis, TimelineFolds, TimelineGrid } from "./timeline-axis.tsx";
import { useWidth } from "./use-width.ts";
import { VirtualRows } from "./virtual-rows.tsx";
import styles from "./waterfall.module.css";

const allOpenUpTo = 200;

/** Every trace of a saga, hop by hop in the saga's order, on one time axis. `traceIds` are in that order. */
export function Waterfall({
  spans,
  cut,
  traceIds,
}: Pick<SagaTraces, "spans" | "cut"> & { traceIds: readonly string[] }) {
  const hops = useMemo(() => hopsOf(spans, traceIds), [spans, traceIds]);
  const { rows, toggle, select, selected } = useTree(hops, spans.length);
  const [lane, widthPx] = useWidth(800);
  const url = useUrl();
  const zoomed = hops.find((hop) => hop.traceId === url.params.get("zoom"));
  const drawn = useMemo(() => draw(zoomed ? [zoomed] : hops, widthPx), [hops, zoomed, widthPx]);
  const [focus, setFocus] = useState("");
  if (spans.length === 0) {
    return (
      <Empty>
        No span of this saga is stored. Its events name {formatCount(traceIds.length)}{" "}
        {traceIds.length === 1 ? "trace" : "traces"}; services send spans by OTLP to the collector, and a span is sent
        when it ends.
      </Empty>
    );
  }
  const tabbable = selected || focus || (rows[0]?.key ?? "");
  const move = (event: KeyboardEvent, row: WaterfallRow) => {
    const to = moveOf({ rows, row, key: event.key });
    if (to === undefined) return;
    event.preventDefault();
    if (to === "toggle") toggle(row.key, !row.open);
    else if (to === "select") select(row);
    else setFocus(to.key);
  };
  return (
    <div className={styles.waterfall}>
      <p className={styles.summary}>
        {summaryOf(hops, spans.length, cut)}
        {zoomed && (
          <>
            {" · the axis spans hop "}
            {zoomed.number}
          </>
        )}
      </p>
      <div className={styles.chart} role="tree" aria-label="Spans of this saga, by trace">
        <div className={styles.axisRow} role="presentation">
          <div ref={lane} className={styles.axisLane}>
            <TimelineAxis timeline={drawn} />
          </div>
        </div>
        <TimelineGrid timeline={drawn} deadlineX={null} />
        <VirtualRows
          count={rows.length}
          rowPx={26}
          keyOf={(index) => rows[index]?.key ?? String(index)}
          shown={rows.findIndex((row) => row.key === (focus || selected))}
          render={(index) => {
            const row = rows[index];
            if (!row) return null;
            const shared = {
              scale: drawn.scale,
              widthPx,
              tabbable: row.key === tabbable,
              focus: row.key === focus,
              onToggle: () => toggle(row.key, !row.open),
              onKeyDown: (event: KeyboardEvent) => move(event, row),
            };
            if (row.kind === "hop") return <HopRow {...shared} row={row} zoomed={row.hop === zoomed} />;
            return <SpanRow {...shared} row={row} selected={row.key === selected} onSelect={() => select(row)} />;
          }}
        />
        <TimelineFolds timeline={drawn} />
      </div>
    </div>
  );
}

/** What is open and which span is chosen; the choice stands in the URL. */
function useTree(hops: readonly Hop[], spanCount: number) {
  const url = useUrl();
  const wanted = url.params.get("trace") ?? "";
  const chosen = url.params.get("span") ?? "";
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const open = spanCount <= allOpenUpTo;
  const rows = useMemo(
    () => rowsOf(hops, (key) => toggled.get(key) ?? (open || key.includes("/") || key === wanted)),
    [hops, toggled, open, wanted],
  );
  const selected = rows.find((row) => row.kind === "span" && row.node.span.spanId === chosen)?.key;
  return {
    rows,
    selected: selected ?? (chosen ? "" : rows.find((row) => row.key === wanted)?.key) ?? "",
    toggle: (key: string, to: boolean) => setToggled((before) => new Map(before).set(key, to)),
    select: (row: WaterfallRow) => {
      const { traceId, spanId } = row.kind === "span" ? row.node.span : { traceId: row.hop.traceId, spanId: null };
      url.set({ trace: traceId, span: spanId === chosen ? null : spanId }, "replace");
    },
  };
}

function draw(hops: readonly Hop[], widthPx: number) {
  const fromMs = Math.min(...hops.map((hop) => hop.startMs));
  const toMs = Math.max(...hops.map((hop) => hop.endMs));
  const busy = hops.map((hop) => ({ fromMs: hop.startMs, toMs: hop.endMs }));
  const folds = hops.length > 0 ? pickFolds({ fromMs, toMs, busy }) : [];
  const scale: TimeScale = createScale({
    fromMs,
    toMs,
    folds,
    foldWidth: 76 / widthPx,
  });
  const folded = scale.segments.filter((segment) => segment.folded);
  return { scale, ticks: ticksOf(scale, { widthPx }), folds: folded, nowX: null };
}

function moveOf({
  rows,
  row,
  key,
}: {
  rows: readonly WaterfallRow[];
  row: WaterfallRow;
  key: string;
}): WaterfallRow | "toggle" | "select" | undefined {
  const index = rows.indexOf(row);
  const hasBelow = row.kind === "hop" || row.node.children.length > 0;
  switch (key) {
    case "ArrowDown":
      return rows[index + 1];
    case "ArrowUp":
      return rows[index - 1];
    case "Home":
      return rows[0];
    case "End":
      return rows.at(-1);
    case "ArrowRight":
      return hasBelow && !row.open ? "toggle" : rows[index + 1];
    case "ArrowLeft":
      return hasBelow && row.open ? "toggle" : rows.slice(0, index).findLast((other) => levelOf(other) < levelOf(row));
    case "Enter":
    case " ":
      return row.kind === "hop" ? "toggle" : "select";
    default:
      return undefined;
  }
}

/** How deep a row lies: 1 for a hop. */
export const levelOf = (row: WaterfallRow): number => (row.kind === "hop" ? 1 : row.depth + 2);

function summaryOf(hops: readonly Hop[], spans: number, cut: boolean): string {
  const services = new Set(hops.flatMap((hop) => hop.services)).size;
  const errors = hops.reduce((sum, hop) => sum + hop.errors, 0);
  return [
    `${cut ? "≥ " : ""}${formatCount(spans)} ${spans === 1 ? "span" : "spans"}`,
    `${formatCount(hops.length)} ${hops.length === 1 ? "trace" : "traces"}`,
    `${services} ${services === 1 ? "service" : "services"}`,
    ...(errors > 0 ? [`${formatCount(errors)} ${errors === 1 ? "error" : "errors"}`] : []),
    formatDuration(Math.max(...hops.map((hop) => hop.endMs)) - Math.min(...hops.map((hop) => hop.startMs))),
  ].join(" · ");
}
