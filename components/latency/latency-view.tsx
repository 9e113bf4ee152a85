"use client";

import { useMemo } from "react";
import { alignRows, bucketsOver } from "#components/chart/buckets.ts";
import { CursorProvider } from "#components/chart/cursor.tsx";
import { Lines } from "#components/chart/lines.tsx";
import { StackedBars } from "#components/chart/stacked-bars.tsx";
import { durationTicks } from "#components/chart/ticks.ts";
import { useClock } from "#components/clock.tsx";
import { CostNote } from "#components/cost-note.tsx";
import { formatDuration } from "#components/format.ts";
import { perBucket } from "#components/overview/outcomes.tsx";
import { type AnswerState, Page } from "#components/page.tsx";
import { Empty, Panel } from "#components/panel.tsx";
import { Skeleton } from "#components/skeleton.tsx";
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
        <Panel title={`Duration of ${of}`} aside={<CostNote cost={latency} />}>
          {latency ? <Durations latency={latency} of={of} /> : <Skeleton height="248px" />}
        </Panel>
        <Panel title={latency ? `Ended ${perBucket(latency.bucketSeconds)}` : "Ended"}>
          {latency ? <Runs latency={latency} /> : <Skeleton height="140px" />}
        </Panel>
      </CursorProvider>
      <Panel title="Sagas and their steps">
        {latency ? <StepTable rows={latency.rows} /> : <Skeleton height="320px" />}
      </Panel>
    </Page>
  );
}

function useBuckets({ from, to, bucketSeconds, series }: Latency) {
  return useMemo(() => {
    const buckets = bucketsOver(
      { fromMs: Date.parse(from), toMs: Date.parse(to) },
      { bucketMs: bucketSeconds * 1000, anchorMs: Date.parse(series[0]?.at ?? from) },
    );
    return { buckets, rows: alignRows(series, buckets) };
  }, [from, to, bucketSeconds, series]);
}

function Durations({ latency, of }: { latency: Latency; of: string }) {
  const { buckets, rows } = useBuckets(latency);
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
  const { zone } = useClock();
  const { buckets, rows } = useBuckets(latency);
  const layers = useMemo(
    () => [{ name: "ended", mark: "ended", colour: "var(--series-2)", counts: rows.map((row) => row?.count ?? 0) }],
    [rows],
  );
  return (
    <StackedBars
      label="How many ended"
      whole={rangeLabel(readRange(url.params), zone)}
      buckets={buckets}
      layers={layers}
      height={72}
      beside
    />
  );
}
