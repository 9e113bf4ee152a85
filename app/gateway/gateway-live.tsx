"use client";

import type { FirstAnswer } from "#app/first-answer.ts";
import { useAnswer } from "#app/use-answer.ts";
import { GatewayView } from "#components/gateway/gateway-view.tsx";
import type { Gateway } from "#contracts/api/gateway.ts";

/** The page, live from the first paint on. */
export function GatewayLive({ first }: { first: FirstAnswer<Gateway> }) {
  const { data, state } = useAnswer("gateway", first);
  return <GatewayView gateway={data} answer={state} />;
}
