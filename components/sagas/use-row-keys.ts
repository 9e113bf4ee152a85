"use client";

import { type RefObject, useEffect, useRef } from "react";
import { isTyping } from "#components/shell/use-shortcuts.ts";

/** `j` and `k` (or the arrows, once a row has the focus) go through the rows; Enter opens the one that has the focus. */
export function useRowKeys(
  list: RefObject<HTMLElement | null>,
  { count, show }: { count: number; show: (index: number) => void },
) {
  const now = useRef({ count, show });
  now.current = { count, show };
  useEffect(() => {
    const linkAt = (index: number) => list.current?.querySelector<HTMLElement>(`[data-index="${index}"] a`);
    const focus = (index: number, triesLeft: number) => {
      const link = linkAt(index);
      if (link) link.focus({ preventScroll: true });
      else if (triesLeft > 0) requestAnimationFrame(() => focus(index, triesLeft - 1));
    };
    const hear = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      const row = document.activeElement?.closest<HTMLElement>("[data-index]");
      const inList = row !== undefined && row !== null && list.current?.contains(row);
      const step =
        event.key === "j" || (inList && event.key === "ArrowDown")
          ? 1
          : event.key === "k" || (inList && event.key === "ArrowUp")
            ? -1
            : 0;
      if (step === 0) return;
      event.preventDefault();
      const from = inList ? Number(row.dataset.index) : -1;
      const next = Math.max(0, Math.min(now.current.count - 1, from + step));
      now.current.show(next);
      focus(next, 10);
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, [list]);
}
