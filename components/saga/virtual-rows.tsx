"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { Fragment, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";

interface Rows {
  count: number;
  /** Height of a row that is not opened, in px. */
  rowPx: number;
  keyOf(index: number): string;
  render(index: number): ReactNode;
  /** A row to bring into sight when it changes. */
  shown?: number | undefined;
}

const allUpTo = 200;

/** Rows that scroll with the page; of many only those in sight are on it. */
export function VirtualRows(rows: Rows) {
  return rows.count <= allUpTo ? <AllRows {...rows} /> : <SomeRows {...rows} />;
}

function AllRows({ count, keyOf, render, shown }: Rows) {
  const list = useRef<HTMLDivElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (shown === undefined || shown < 0) return;
    if (first.current) first.current = false;
    list.current?.children[shown]?.scrollIntoView({ block: "nearest" });
  }, [shown]);
  return (
    <div ref={list} role="presentation">
      {Array.from({ length: count }, (_, index) => (
        <Fragment key={keyOf(index)}>
          <div role="presentation">{render(index)}</div>
        </Fragment>
      ))}
    </div>
  );
}

function SomeRows({ count, rowPx, keyOf, render, shown }: Rows) {
  const list = useRef<HTMLDivElement>(null);
  const [topPx, setTopPx] = useState(0);
  useLayoutEffect(() => {
    const element = list.current;
    if (element) setTopPx(element.getBoundingClientRect().top + window.scrollY);
  }, []);
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => rowPx,
    getItemKey: keyOf,
    overscan: 12,
    scrollMargin: topPx,
    initialRect: { width: 1000, height: 900 },
  });
  useEffect(() => {
    if (shown !== undefined && shown >= 0) virtualizer.scrollToIndex(shown, { align: "auto" });
  }, [shown, virtualizer]);
  return (
    <div ref={list} role="presentation" style={{ position: "relative", height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map((item) => (
        <div
          key={item.key}
          ref={virtualizer.measureElement}
          data-index={item.index}
          role="presentation"
          style={{ position: "absolute", insetInline: 0, top: 0, transform: `translateY(${item.start - topPx}px)` }}
        >
          {render(item.index)}
        </div>
      ))}
    </div>
  );
}
