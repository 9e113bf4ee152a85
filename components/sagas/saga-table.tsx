"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useUrl } from "#components/url/use-url.ts";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { rowKey } from "./merge-rows.ts";
import { SagaRow } from "./saga-row.tsx";
import styles from "./saga-table.module.css";
import { SortHead } from "./sort-head.tsx";
import { useRowKeys } from "./use-row-keys.ts";

/** In px. On a phone an error takes a line of its own. */
const rowHeights = { wide: 32, phone: 56, phoneWithError: 76 } as const;

/** The list: as many rows in the page as the window shows, however many there are; more come before the end is seen. */
export function SagaTable({
  rows,
  total,
  fresh,
  onEnd,
  onHover,
  onFocusInside,
  onLabel,
}: {
  rows: readonly SagaSummary[];
  total: number;
  /** Keys of rows that have just come: they slide in. */
  fresh: ReadonlySet<string>;
  onEnd: () => void;
  onHover: (over: boolean) => void;
  /** Whether a row has the keyboard's focus. */
  onFocusInside: (inside: boolean) => void;
  onLabel: (label: string) => void;
}) {
  const url = useUrl();
  const list = useRef<HTMLTableSectionElement>(null);
  const [place, setPlace] = useState({ top: 0, phone: false, measured: false });
  const heightOf = (index: number) =>
    place.phone ? (rows[index]?.error ? rowHeights.phoneWithError : rowHeights.phone) : rowHeights.wide;
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: heightOf,
    overscan: 12,
    scrollMargin: place.top,
    initialRect: { width: 1440, height: 900 },
    getItemKey: (index) => keyAt(rows, index),
  });
  useLayoutEffect(() => {
    const measure = () => {
      const top = (list.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
      const phone = window.matchMedia("(max-width: 760px)").matches;
      setPlace((now) =>
        now.measured && now.top === top && now.phone === phone ? now : { top, phone, measured: true },
      );
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(document.body);
    return () => watch.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows and another height make the measures stale.
  useEffect(() => virtual.measure(), [place.phone, rows]);
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && lastShown >= rows.length - 20) onEnd();
  }, [lastShown, rows.length, onEnd]);
  useRowKeys(list, { count: rows.length, show: (index) => virtual.scrollToIndex(index) });
  return (
    <table aria-rowcount={total} className={styles.table}>
      <caption className="visually-hidden">Sagas</caption>
      <thead>
        <SortHead />
      </thead>
      <tbody
        ref={list}
        data-measured={place.measured}
        style={{ "--all": `${virtual.getTotalSize()}px` } as CSSProperties}
        onPointerEnter={(event) => event.pointerType === "mouse" && onHover(true)}
        onPointerLeave={() => onHover(false)}
        onFocus={({ target }) => target.matches(":focus-visible") && onFocusInside(true)}
        onBlur={({ relatedTarget }) => list.current?.contains(relatedTarget) || onFocusInside(false)}
      >
        {items.map(({ index, key, start, size }) => {
          const saga = rows[index];
          return saga === undefined ? null : (
            <tr
              key={key}
              aria-rowindex={index + 2}
              data-index={index}
              data-fresh={fresh.has(rowKey(saga))}
              className={styles.row}
              style={{ "--start": `${start - place.top}px`, "--size": `${size}px` } as CSSProperties}
            >
              <SagaRow saga={saga} href={url.to(`/sagas/${encodeURIComponent(saga.id)}`)} onLabel={onLabel} />
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function keyAt(rows: readonly SagaSummary[], index: number): string | number {
  const row = rows[index];
  return row ? rowKey(row) : index;
}
