"use client";

import type { FirstAnswer } from "#app/first-answer.ts";
import { useAnswer } from "#app/use-answer.ts";
import { OverviewView } from "#components/overview/overview-view.tsx";
import type { Overview } from "#contracts/api/overview.ts";

/** The page, live from the first paint on. */
export function OverviewLive({ first }: { first: FirstAnswer<Overview> }) {
  const { data, state } = useAnswer("overview", first);
  return <OverviewView overview={data} answer={state} />;
}
