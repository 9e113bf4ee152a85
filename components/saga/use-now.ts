"use client";

import { useEffect, useState } from "react";
import { useClock } from "#components/clock.tsx";

/** Now in ms: five times a second while something runs and motion is welcome, else with the page's clock. */
export function useNow(running: boolean): number {
  const { nowMs } = useClock();
  const [fineMs, setFineMs] = useState(0);
  useEffect(() => {
    if (!running || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const timer = setInterval(() => setFineMs(Date.now()), 200);
    return () => clearInterval(timer);
  }, [running]);
  return running ? Math.max(nowMs, fineMs) : nowMs;
}
