"use client";

import { useCallback, useState } from "react";

/** The width of an element in px, followed as it changes; `guessPx` until it is on the page. */
export function useWidth(guessPx: number): [(element: HTMLElement | null) => (() => void) | undefined, number] {
  const [widthPx, setWidthPx] = useState(guessPx);
  const follow = useCallback((element: HTMLElement | null) => {
    if (!element) return;
    const measure = () => setWidthPx((before) => element.clientWidth || before);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [follow, widthPx];
}
