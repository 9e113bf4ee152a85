"use client";

import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import type { Freshness } from "#contracts/api/answer.ts";

/** How the page hears of news: by its stream, not at all because nothing is to be heard, or not since it broke. */
export type Hearing = "live" | "paused" | "broken";

const Read = createContext<Freshness | undefined>(undefined);
const Write = createContext<(freshness: Freshness) => void>(() => {});

/** Carries what a page knows of its data's age up to the bar. */
export function FreshnessProvider({ children }: { children: ReactNode }) {
  const [reported, setReported] = useState<Freshness>();
  return (
    <Write value={setReported}>
      <Read value={reported}>{children}</Read>
    </Write>
  );
}

export const useReportedFreshness = () => useContext(Read);

/** A page tells the bar how fresh its newest answer is. */
export function useReportFreshness(freshness: Freshness | undefined) {
  const report = useContext(Write);
  useEffect(() => {
    if (freshness) report(freshness);
  }, [report, freshness]);
}
