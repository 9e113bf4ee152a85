"use client";

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Zone } from "./format.ts";

const Clock = createContext<{ nowMs: number; zone: Zone }>({ nowMs: 0, zone: "utc" });

/** Gives one clock, moving each second, and the zone to all times of the page. `nowMs` is the server's at first paint. */
export function ClockProvider({ nowMs: firstMs, zone, children }: { nowMs: number; zone: Zone; children: ReactNode }) {
  const [nowMs, setNowMs] = useState(firstMs);
  useEffect(() => {
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const clock = useMemo(() => ({ nowMs, zone }), [nowMs, zone]);
  return <Clock value={clock}>{children}</Clock>;
}

export const useClock = () => useContext(Clock);
