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
import { Skeleton } from "#components/skeleton.tsx";
import { rangeLabel, readRange } from "#components/time/range.ts";
import { useUrl } from "#components/url/use-url.ts";
import type { Gateway } from "#contracts/api/gateway.ts";
import { GatewayTotals } from "./gateway-totals.tsx";
import { Requests } from "./requests.tsx";
import { Routes } from "./routes.tsx";
import { classes } from "./status-class.tsx";

/** Traffic through the gateway, and what became of the sagas that it started. */
export function GatewayView({ gateway, answer }: { gateway: Gateway | undefined; answer: AnswerState }) {
  if (gateway && gateway.total.requests === 0 && gateway.requests.length === 0) {
    return (
      <Page title="Gateway" answer={answer}>
        <Empty>
          No request came through a gateway in this time. Choose a longer one above, or see that the gateway sends its
          server spans to the collector and is named in GATEWAY_SERVICES.
        </Empty>
      </Page>
    );
  }
  return (
    <Page title="Gateway" answer={answer} hideTitle>
      {gateway ? <GatewayTotals gateway={gateway} /> : <Skeleton height="84px" />}
      <CursorProvider>
        <Panel
          title={gateway ? `Requests ${perBucket(gateway.bucketSeconds)}, by status` : "Requests"}
          aside={<CostNote cost={gateway} />}
          height="232px"
        >
          {gateway && <Traffic gateway={gateway} />}
        </Panel>
        <Panel title="Latency of requests" height="172px">
          {gateway && <RequestLatency gateway={gateway} />}
        </Panel>
      </CursorProvider>
      <Panel title="Routes" height="240px">
        {gateway && <Routes routes={gateway.routes} />}
      </Panel>
      <Panel title="Newest requests" height="320px">
        {gateway && <Requests requests={gateway.requests} />}
      </Panel>
    </Page>
  );
}

function Traffic({ gateway }: { gateway: Gateway }) {
  const url = useUrl();
  const { nowMs, zone } = useClock();
  const { buckets, rows } = useBuckets(gateway, gateway.series);
  const layers = useMemo(
    () =>
      classes.map(({ key, name, mark, colour }) => ({
        name,
        mark,
        colour,
        counts: rows.map((row) => row?.[key] ?? 0),
      })),
    [rows],
  );
  return (
    <StackedBars
      label="Requests by class of status"
      whole={rangeLabel(readRange(url.params), zone, { nowMs })}
      buckets={buckets}
      layers={layers}
      beside
    />
  );
}

function RequestLatency({ gateway }: { gateway: Gateway }) {
  const { buckets, rows } = useBuckets(gateway, gateway.series);
  const series = useMemo(
    () => [
      { name: "p95", colour: "var(--series-3)", values: rows.map((row) => row?.p95Ms ?? null) },
      { name: "p50", colour: "var(--series-1)", values: rows.map((row) => row?.p50Ms ?? null) },
    ],
    [rows],
  );
  return (
    <Lines
      label="Latency of requests: 50th and 95th percentile"
      buckets={buckets}
      series={series}
      ticksTo={durationTicks}
      format={formatDuration}
      height={140}
    />
  );
}
