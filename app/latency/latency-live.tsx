"use client";

import type { FirstAnswer } from "#app/first-answer.ts";
import { useAnswer } from "#app/use-answer.ts";
import { LatencyView } from "#components/latency/latency-view.tsx";
import type { Latency } from "#contracts/api/latency.ts";

/** The page, live from the first paint on. */
export function LatencyLive({ first }: { first: FirstAnswer<Latency> }) {
  const { data, state } = useAnswer("latency", first);
  return <LatencyView latency={data} answer={state} />;
}
