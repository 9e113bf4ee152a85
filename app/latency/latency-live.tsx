"use client";

import type { FirstAnswer } from "#app/first-answer.ts";
import { useAnswer } from "#app/use-answer.ts";
import { LatencyView } from "#components/latency/latency-view.tsx";
import type { Latency } from "#contracts/api/latency.ts";

const schema = async () => (await import("#contracts/api/latency.ts")).Latency;

/** The page, live from the first paint on. */
export function LatencyLive({ first }: { first: FirstAnswer<Latency> }) {
  const { data, state } = useAnswer("latency", { schema, first });
  return <LatencyView latency={data} answer={state} />;
}
