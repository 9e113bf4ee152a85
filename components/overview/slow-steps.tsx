"use client";

import Link from "next/link";
import { SparkLine } from "#components/chart/sparkline.tsx";
import { formatDuration } from "#components/format.ts";
import { Count } from "#components/mark/count.tsx";
import { Empty } from "#components/panel.tsx";
import table from "#components/table.module.css";
import { type Column, Table } from "#components/table.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { Overview } from "#contracts/api/overview.ts";
import { DurationChange } from "./change.tsx";

const columns: readonly Column[] = [
  { name: "Step" },
  { name: "Runs", number: true, wide: true },
  { name: "p50", number: true, wide: true },
  { name: "p95", number: true },
  { name: "Last week", number: true },
  { name: "p95 over time", wide: true },
];

/** The steps that take longest, by p95, each against a week before. */
export function SlowSteps({ steps }: { steps: Overview["slowestSteps"] }) {
  const url = useUrl();
  if (steps.length === 0) return <Empty>No step ended in this time. Choose a longer one above.</Empty>;
  return (
    <Table columns={columns}>
      {steps.map(({ type, step, count, p50Ms, p95Ms, lastWeekP95Ms, sparkline }) => (
        <tr key={`${type} ${step}`} className={table.row}>
          <td className={table.grow} title={`${step} of ${type}`}>
            <Link prefetch={false} className={table.link} href={url.to("/latency", { type, step })}>
              {step}
            </Link>{" "}
            <span className={`faint ${table.more}`}>{type}</span>
          </td>
          <td className={`number ${table.wide}`}>
            <Count count={count} />
          </td>
          <td className={`number quiet ${table.tight} ${table.wide}`}>{formatDuration(p50Ms)}</td>
          <td className={`number ${table.tight}`}>{formatDuration(p95Ms)}</td>
          <td className={`number ${table.tight}`}>
            <DurationChange nowMs={p95Ms} beforeMs={lastWeekP95Ms} />
          </td>
          <td className={`${table.spark} ${table.wide}`}>
            <SparkLine values={sparkline} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
