"use client";

import { useLive } from "#app/client/use-live.ts";
import { Page } from "#components/page.tsx";
import { TraceView } from "#components/saga/trace-view.tsx";
import { useReportFreshness } from "#components/shell/freshness.tsx";
import { addressOf } from "#contracts/api/address.ts";
import type { Trace } from "#contracts/api/trace.ts";

interface Props {
  id: string;
  /** What the server had for the first paint, or why it had nothing. */
  trace: Trace | undefined;
  problem: string | undefined;
}

/** The page of one trace, live: spans come as they end. */
export function TraceLive({ id, trace: first, problem }: Props) {
  const trace = useLive(addressOf("/traces/{id}", { id }), first);
  useReportFreshness(trace.data?.freshness);
  if (trace.data) return <TraceView trace={trace.data} problem={trace.problem} />;
  return (
    <Page title="No trace to show" answer={{ waiting: false, problem: trace.problem ?? problem }}>
      <p>
        <span className="mono">{id}</span> appears here by itself when its first span ends. A trace id is 32 hexadecimal
        digits.
      </p>
    </Page>
  );
}
