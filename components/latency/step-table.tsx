"use client";

import Link from "next/link";
import { SparkLine } from "#components/chart/sparkline.tsx";
import { formatDuration } from "#components/format.ts";
import { Count } from "#components/mark/count.tsx";
import { Empty } from "#components/panel.tsx";
import table from "#components/table.module.css";
import { type Column, Table } from "#components/table.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { Latency } from "#contracts/api/latency.ts";
import styles from "./latency.module.css";

type Row = Latency["rows"][number];

const columns: readonly Column[] = [
  { name: "Saga type and step" },
  { name: "Ended", number: true },
  { name: "p50", number: true },
  { name: "p95", number: true },
  { name: "p99", number: true, wide: true },
  { name: "p95 over time", wide: true, className: styles.spark },
];

/** One row a saga type, and under it one a step; each draws its own chart, and its numbers open the sagas. */
export function StepTable({ rows }: { rows: readonly Row[] }) {
  const url = useUrl();
  if (rows.length === 0) return <Empty>Nothing ended in this time. Choose a longer one above.</Empty>;
  const types = [...new Set(rows.map(({ type }) => type))];
  const ordered = types.flatMap((type) => ofType(rows, type));
  const isChosen = (row: Row) => url.params.get("type") === row.type && (url.params.get("step") ?? "") === row.step;
  return (
    <Table columns={columns}>
      {ordered.map((row) => (
        <tr
          key={`${row.type} ${row.step}`}
          className={`${table.row} ${row.step === "" ? styles.whole : ""} ${isChosen(row) ? styles.chosen : ""}`}
        >
          <td className={`${table.grow} ${row.step === "" ? "" : styles.step}`}>
            <Link
              prefetch={false}
              className={table.link}
              href={url.with({ type: row.type, step: row.step === "" ? null : row.step })}
              aria-current={isChosen(row) ? "true" : undefined}
              scroll={false}
            >
              {row.step === "" ? row.type : row.step}
            </Link>
          </td>
          <td className="number">
            <Link
              prefetch={false}
              className={table.above}
              title={row.step === "" ? "open the sagas of this type" : "open the sagas in which it ended"}
              href={url.to("/sagas", row.step === "" ? filterOf(row) : { ...filterOf(row), minMs: "0" })}
            >
              <Count count={row.count} />
            </Link>
          </td>
          <Duration row={row} ms={row.p50Ms} />
          <Duration row={row} ms={row.p95Ms} />
          <Duration row={row} ms={row.p99Ms} wide />
          <td className={`${styles.spark} ${table.wide}`}>
            <SparkLine values={row.sparkline} width={280} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** A percentile, which opens the sagas that took as long or longer. */
function Duration({ row, ms, wide = false }: { row: Row; ms: number | null; wide?: boolean }) {
  const url = useUrl();
  return (
    <td className={`number ${table.tight} ${wide ? table.wide : ""}`}>
      {ms === null ? (
        "–"
      ) : (
        <Link
          prefetch={false}
          className={table.above}
          title="open the sagas that took as long or longer"
          href={url.to("/sagas", { ...filterOf(row), minMs: String(ms) })}
        >
          {formatDuration(ms)}
        </Link>
      )}
    </td>
  );
}

/** The sagas that a row is of, as the list is asked for them. */
const filterOf = ({ type, step }: Row) => (step === "" ? { type } : { type, step });

/** The whole saga first, then its steps, slowest first. */
function ofType(rows: readonly Row[], type: string): readonly Row[] {
  const own = rows.filter((row) => row.type === type);
  const steps = own.filter(({ step }) => step !== "").sort((a, b) => (b.p95Ms ?? 0) - (a.p95Ms ?? 0));
  return [...own.filter(({ step }) => step === ""), ...steps];
}
