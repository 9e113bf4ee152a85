"use client";

import { useMemo } from "react";
import { CursorProvider } from "#components/chart/cursor.tsx";
import { Lines } from "#components/chart/lines.tsx";
import { StackedBars } from "#components/chart/stacked-bars.tsx";
import { durationTicks } from "#components/chart/ticks.ts";
import { useBuckets } from "#components/chart/use-buckets.ts";
import { useClock } from "#components/clock.tsx";
import { CostNote } from "#components/cost-note.tsx";
import { formatDuration } from "#components/format.ts";
import { perBucket } from "#components/overview/outcomes.tsx";
import { type AnswerState, Page } from "#components/page.tsx";
import { Empty, Panel } from "#components/panel.tsx";
import { rangeLabel, readRange } from "#components/time/range.ts";
import { useUrl } from "#components/url/use-url.ts";
import type { Latency } from "#contracts/api/latency.ts";
import { Choose } from "./choose.tsx";
import { StepTable } from "./step-table.tsx";

const percentiles = [
  { name: "p99", key: "p99Ms", colour: "var(--series-3)" },
  { name: "p95", key: "p95Ms", colour: "var(--series-2)" },
  { name: "p50", key: "p50Ms", colour: "var(--series-1)" },
] as const;

/** How long sagas and their steps take: percentiles over time, and side by side. */
export function LatencyView({ latency, answer }: { latency: Latency | undefined; answer: AnswerState }) {
  const url = useUrl();
  const type = url.params.get("type");
  const step = url.params.get("step");
  const of = step ?? (type === null ? "all sagas" : `${type}, whole saga`);
  return (
    <Page title="Latency" answer={answer} aside={<Choose latency={latency} />}>
      <CursorProvider>
        <Panel title={`Duration of ${of}`} aside={<CostNote cost={latency} />} height="248px">
          {latency && <Durations latency={latency} of={of} />}
        </Panel>
        <Panel title={latency ? `Ended ${perBucket(latency.bucketSeconds)} of start` : "Ended"} height="140px">
          {latency && <Runs latency={latency} />}
        </Panel>
      </CursorProvider>
      <Panel title="Sagas and their steps" height="320px">
        {latency && <StepTable rows={latency.rows} />}
      </Panel>
    </Page>
  );
}

function Durations({ latency, of }: { latency: Latency; of: string }) {
  const { buckets, rows } = useBuckets(latency, latency.series);
  const series = useMemo(
    () => percentiles.map(({ name, key, colour }) => ({ name, colour, values: rows.map((row) => row?.[key] ?? null) })),
    [rows],
  );
  if (rows.every((row) => (row?.count ?? 0) === 0)) {
    return <Empty>Nothing ended in this time. Choose a longer one above, or another type or step.</Empty>;
  }
  return (
    <Lines
      label={`Duration of ${of}: 50th, 95th and 99th percentile`}
      buckets={buckets}
      series={series}
      ticksTo={durationTicks}
      format={formatDuration}
      height={220}
    />
  );
}

function Runs({ latency }: { latency: Latency }) {
  const url = useUrl();
  const { nowMs, zone } = useClock();
  const { buckets, rows } = useBuckets(latency, latency.series);
  const layers = useMemo(
    () => [{ name: "ended", mark: "ended", colour: "var(--series-2)", counts: rows.map((row) => row?.count ?? 0) }],
    [rows],
  );
  return (
    <StackedBars
      label="How many ended, by when their saga started"
      whole={rangeLabel(readRange(url.params), zone, { nowMs })}
      buckets={buckets}
      layers={layers}
      height={72}
      beside
    />
  );
}
