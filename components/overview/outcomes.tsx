"use client";

import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { StackedBars } from "#components/chart/stacked-bars.tsx";
import { useBuckets } from "#components/chart/use-buckets.ts";
import { useClock } from "#components/clock.tsx";
import { StateMark } from "#components/mark/state-mark.tsx";
import { Empty } from "#components/panel.tsx";
import { rangeLabel, rangePatch, readRange } from "#components/time/range.ts";
import { useUrl } from "#components/url/use-url.ts";
import type { Overview } from "#contracts/api/overview.ts";

// Trouble stands on the ground line, where even one is seen.
const states = ["failed", "compensated", "completed"] as const;

/** How the sagas ended over time. A press on a bucket opens the sagas that ended in it. */
export function Outcomes({ overview }: { overview: Overview }) {
  const url = useUrl();
  const router = useRouter();
  const { nowMs, zone } = useClock();
  const { buckets, rows } = useBuckets(overview, overview.outcomes);
  const layers = useMemo(
    () =>
      states.map((state) => ({
        name: state,
        mark: <StateMark state={state} />,
        colour: `var(--${state})`,
        counts: rows.map((row) => row?.[state] ?? 0),
      })),
    [rows],
  );
  if (layers.every(({ counts }) => counts.every((count) => count === 0))) {
    return (
      <Empty>
        No saga ended in this time. Choose a longer one above, or send the first events: a service needs only to write
        CloudEvents to the topic saga.events.
      </Empty>
    );
  }
  return (
    <StackedBars
      label={`Sagas by how they ended, ${perBucket(overview.bucketSeconds)}`}
      whole={rangeLabel(readRange(url.params), zone, { nowMs })}
      buckets={buckets}
      layers={layers}
      onPick={(stretch) =>
        router.push(url.to("/sagas", { ...rangePatch({ kind: "between", ...stretch }), when: "ended" }))
      }
    />
  );
}

/** `per minute`, `per 30 s`, `per 6 h`. */
export function perBucket(seconds: number): string {
  for (const [name, short, size] of [
    ["day", "d", 86_400],
    ["hour", "h", 3600],
    ["minute", "min", 60],
  ] as const) {
    if (seconds === size) return `per ${name}`;
    if (seconds % size === 0) return `per ${seconds / size} ${short}`;
  }
  return `per ${seconds} s`;
}
