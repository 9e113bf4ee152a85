"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { formatShare } from "#components/format.ts";
import { Count } from "#components/mark/count.tsx";
import { StateMark } from "#components/mark/state-mark.tsx";
import { VerdictMark } from "#components/mark/verdict-mark.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { Overview } from "#contracts/api/overview.ts";
import { CountChange, ShareChange } from "./change.tsx";
import styles from "./numbers.module.css";

type Counts = Overview["counts"];

/** Share of the ended sagas that completed; undefined while none has ended. */
function completedShare({ completed, compensated, failed, resolved }: Counts): number | undefined {
  const ended = completed + compensated + failed + resolved;
  return ended === 0 ? undefined : completed / ended;
}

/** The row of numbers: each opens the sagas that it counts. */
export function Numbers({ counts, lastWeek }: { counts: Counts; lastWeek: Counts | null }) {
  const share = completedShare(counts);
  const change = (key: keyof Counts) => <CountChange now={counts[key]} before={lastWeek?.[key]} />;
  return (
    <ul className={styles.numbers}>
      <Figure patch={{}} label="started" value={<Count count={counts.started} />} note={change("started")} />
      <Figure
        patch={{ state: ["running", "compensating"] }}
        label={<StateMark state="running" />}
        value={<Count count={counts.running + counts.compensating} />}
        zero={counts.running + counts.compensating === 0}
        note={counts.compensating > 0 && <span className="faint">{counts.compensating} compensating</span>}
      />
      <Figure
        patch={{ state: ["completed"] }}
        label={<StateMark state="completed" />}
        value={share === undefined ? "–" : formatShare(share)}
        zero={share === undefined}
        note={<ShareChange now={share} before={lastWeek === null ? undefined : completedShare(lastWeek)} />}
      />
      <Figure
        patch={{ state: ["compensated"] }}
        label={<StateMark state="compensated" />}
        value={<Count count={counts.compensated} />}
        zero={counts.compensated === 0}
        note={change("compensated")}
      />
      <Figure
        patch={{ state: ["failed"] }}
        label={<StateMark state="failed" />}
        value={<Count count={counts.failed} />}
        zero={counts.failed === 0}
        loud
        note={change("failed")}
      />
      <Figure
        patch={{ verdict: ["overdue"] }}
        label={<VerdictMark verdict="overdue" />}
        value={<Count count={counts.overdue} />}
        zero={counts.overdue === 0}
        note={change("overdue")}
      />
      <Figure
        patch={{ verdict: ["inconsistent"] }}
        label={<VerdictMark verdict="inconsistent" />}
        value={<Count count={counts.inconsistent} />}
        zero={counts.inconsistent === 0}
        note={change("inconsistent")}
      />
    </ul>
  );
}

function Figure({
  patch,
  label,
  value,
  note,
  zero = false,
  loud = false,
}: {
  patch: Readonly<Record<string, readonly string[]>>;
  label: ReactNode;
  value: ReactNode;
  note: ReactNode;
  zero?: boolean;
  loud?: boolean;
}) {
  const url = useUrl();
  return (
    <li>
      <Link href={url.to("/sagas", patch)} className={styles.figure} data-loud={loud && !zero} data-zero={zero}>
        <span className={styles.label}>{label}</span>
        <span className={styles.value}>{value}</span>
        <span className={styles.note}>{note}</span>
      </Link>
    </li>
  );
}
