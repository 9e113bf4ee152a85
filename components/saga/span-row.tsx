"use client";

import Link from "next/link";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { formatDuration } from "#components/format.ts";
import { Id } from "#components/mark/id.tsx";
import { useUrl } from "#components/url/use-url.ts";
import { SpanPanel } from "./span-panel.tsx";
import type { Hop, WaterfallRow } from "./span-tree.ts";
import { type TimeScale, xOf } from "./time-scale.ts";
import { ViewLink } from "./view-link.tsx";
import styles from "./waterfall.module.css";

interface Shared {
  scale: TimeScale;
  widthPx: number;
  tabbable: boolean;
  focus: boolean;
  onToggle(): void;
  onKeyDown(event: KeyboardEvent): void;
}

function useFocus(focus: boolean) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focus) element.current?.focus();
  }, [focus]);
  return element;
}

/** Where one trace begins: which hop it is, whose, and how it hangs together with the ones before. */
export function HopRow({
  row,
  tabbable,
  focus,
  onToggle,
  onKeyDown,
  scale,
  zoomed,
}: Shared & { row: WaterfallRow & { kind: "hop" }; zoomed: boolean }) {
  const { hop, open } = row;
  const url = useUrl();
  const element = useFocus(focus);
  return (
    <div
      ref={element}
      className={styles.hop}
      role="treeitem"
      aria-level={1}
      aria-label={`hop ${hop.number}, ${hop.services.join(", ")}, ${hop.spans} spans, ${formatDuration(hop.endMs - hop.startMs)}${hop.errors > 0 ? `, ${hop.errors} errors` : ""}`}
      aria-expanded={open}
      aria-selected={false}
      tabIndex={tabbable ? 0 : -1}
      onKeyDown={onKeyDown}
      onClick={onToggle}
    >
      <span className={styles.caret} data-open={open} aria-hidden />
      <b>hop {hop.number}</b>
      <span className="quiet">
        trace{" "}
        <Aside>
          <Id id={hop.traceId} />
        </Aside>
      </span>
      <span className="quiet">{hop.services.join(" → ")}</span>
      {hop.linkedFrom !== null && <span className="faint">↰ linked from hop {hop.linkedFrom}</span>}
      {hop.errors > 0 && <span className={styles.bad}>✕ {hop.errors}</span>}
      <span className="faint">
        {hop.spans} {hop.spans === 1 ? "span" : "spans"} · {formatDuration(hop.endMs - hop.startMs)}
      </span>
      <HopBar hop={hop} scale={scale} />
      <Aside className={styles.ways}>
        <ViewLink patch={{ zoom: zoomed ? null : hop.traceId }}>{zoomed ? "whole saga" : "zoom"}</ViewLink>
        <Link href={url.to(`/traces/${hop.traceId}`)}>trace page</Link>
      </Aside>
    </div>
  );
}

/** When the hop's spans ran, at the foot of its row. */
function HopBar({ hop, scale }: { hop: Hop; scale: TimeScale }) {
  if (hop.startMs > scale.toMs || hop.endMs < scale.fromMs) return null;
  const x = xOf(scale, hop.startMs);
  const width = xOf(scale, hop.endMs) - x;
  return (
    <span className={styles.hopLane} aria-hidden>
      <span
        data-failed={hop.errors > 0}
        style={{ left: `${(x * 100).toFixed(4)}%`, width: `${(width * 100).toFixed(4)}%` }}
      />
    </span>
  );
}

/** Things with a click of their own inside a row that has one too. */
function Aside({ className, children }: { className?: string | undefined; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps what happens inside from reaching the row.
    <span
      className={className}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => event.stopPropagation()}
    >
      {children}
    </span>
  );
}

/** One span: whose and what on the left, when and how long on the right; opened, all that it carries. */
export function SpanRow({
  row,
  scale,
  widthPx,
  tabbable,
  focus,
  selected,
  onToggle,
  onSelect,
  onKeyDown,
}: Shared & { row: WaterfallRow & { kind: "span" }; selected: boolean; onSelect(): void }) {
  const { span, children, below } = row.node;
  const element = useFocus(focus);
  const failed = span.status === "Error";
  return (
    <>
      <div
        ref={element}
        className={styles.row}
        role="treeitem"
        aria-level={row.depth + 2}
        aria-expanded={children.length > 0 ? row.open : undefined}
        aria-selected={selected}
        aria-label={`${span.service} ${span.name}, ${span.kind.toLowerCase()}, ${formatDuration(span.durationMs)}${failed ? ", error" : ""}`}
        tabIndex={tabbable ? 0 : -1}
        onKeyDown={onKeyDown}
        onClick={onSelect}
      >
        <div className={styles.label} style={{ paddingLeft: 4 + Math.min(row.depth, 12) * 12 }}>
          {children.length > 0 ? (
            <button
              type="button"
              className={styles.toggle}
              tabIndex={-1}
              title={row.open ? "close" : `open (${below})`}
              onClick={(event) => {
                event.stopPropagation();
                onToggle();
              }}
            >
              <span className={styles.caret} data-open={row.open} aria-hidden />
            </button>
          ) : (
            <span className={styles.noToggle} />
          )}
          <span className={styles.text} title={`${span.service} · ${span.name} · ${span.kind.toLowerCase()}`}>
            <b>{span.service}</b> {span.name}
          </span>
          {failed && <span className={styles.bad}>✕</span>}
          <Kind kind={span.kind} />
        </div>
        <SpanBar span={span} scale={scale} widthPx={widthPx} />
      </div>
      {selected && <SpanPanel span={span} fromMs={scale.fromMs} />}
    </>
  );
}

const kinds: Record<string, string> = {
  server: "server",
  client: "client",
  producer: "producer",
  consumer: "consumer",
};

function Kind({ kind }: { kind: string }) {
  const word = kinds[kind.toLowerCase().replace("span_kind_", "")];
  return word ? <span className={styles.kind}>{word}</span> : null;
}

function SpanBar({ span, scale, widthPx }: { span: WaterfallSpan; scale: TimeScale; widthPx: number }) {
  if (span.startMs > scale.toMs || span.startMs + span.durationMs < scale.fromMs)
    return <div className={styles.lane} />;
  const x = xOf(scale, span.startMs);
  const endX = xOf(scale, span.startMs + span.durationMs);
  const text = formatDuration(span.durationMs);
  const textPx = text.length * 6.7 + 8;
  const after = endX * widthPx + textPx <= widthPx + 12;
  return (
    <div className={styles.lane}>
      <span
        className={styles.bar}
        data-failed={span.status === "Error"}
        style={{ left: `${(x * 100).toFixed(4)}%`, width: `${((endX - x) * 100).toFixed(4)}%` }}
      >
        <span className={styles.took} data-side={after ? "after" : x * widthPx >= textPx ? "before" : "inside"}>
          {text}
        </span>
      </span>
    </div>
  );
}

type WaterfallSpan = (WaterfallRow & { kind: "span" })["node"]["span"];
