"use client";

import Link from "next/link";
import { SparkBars } from "#components/chart/sparkline.tsx";
import { Count } from "#components/mark/count.tsx";
import { StateGlyph } from "#components/mark/state-glyph.tsx";
import { Age } from "#components/mark/time.tsx";
import { VerdictMark } from "#components/mark/verdict-mark.tsx";
import { Empty } from "#components/panel.tsx";
import table from "#components/table.module.css";
import { type Column, Table } from "#components/table.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { Overview } from "#contracts/api/overview.ts";
import styles from "./overview.module.css";

const meaning = { overdue: "open past their deadline", inconsistent: "not undone, or done twice" };

const columns: readonly Column[] = [
  { name: "What" },
  { name: "Step", wide: true },
  { name: "Sagas", number: true },
  { name: "Over time", wide: true },
  { name: "Last seen", number: true },
];

/** Errors by code and step, most sagas first, under the verdicts that nobody reported as an error. */
export function WrongNow({ overview: { counts, errors } }: { overview: Overview }) {
  const url = useUrl();
  const verdicts = (["inconsistent", "overdue"] as const).filter((verdict) => counts[verdict] > 0);
  if (errors.length + verdicts.length === 0) {
    return <Empty>Nothing. No step failed, no saga is overdue, and all that had to be undone is undone.</Empty>;
  }
  return (
    <Table columns={columns}>
      {verdicts.map((verdict) => (
        <tr key={verdict} className={table.row}>
          <td className={table.grow} colSpan={1}>
            <Link prefetch={false} className={table.link} href={url.to("/sagas", { verdict })}>
              <VerdictMark verdict={verdict} />
            </Link>{" "}
            <span className={`quiet ${table.more}`}>{meaning[verdict]}</span>
          </td>
          <td className={table.wide} />
          <td className="number">
            <Count count={counts[verdict]} />
          </td>
          <td className={table.wide} />
          <td className="number">now</td>
        </tr>
      ))}
      {errors.map(({ code, step, message, sagas, lastSeenAt, sparkline }) => (
        <tr key={`${code} ${step}`} className={table.row}>
          <td className={table.grow} title={message}>
            <span className={styles.glyph}>
              <StateGlyph state="failed" />
            </span>
            <Link prefetch={false} className={table.link} href={url.to("/sagas", { error: code, step })}>
              {code}
            </Link>{" "}
            <span className={`quiet ${table.more}`}>{message}</span>
          </td>
          <td className={`${table.tight} ${table.wide}`}>{step}</td>
          <td className="number">
            <Count count={sagas} />
          </td>
          <td className={`${table.spark} ${table.wide}`}>
            <SparkBars counts={sparkline} />
          </td>
          <td className={`number ${table.tight}`}>
            <Age at={lastSeenAt} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
