"use client";

import Link from "next/link";
import { formatDuration } from "#components/format.ts";
import { Id } from "#components/mark/id.tsx";
import { StateMark } from "#components/mark/state-mark.tsx";
import { Age, Time } from "#components/mark/time.tsx";
import { VerdictMark } from "#components/mark/verdict-mark.tsx";
import { versionOf } from "#components/mark/version.ts";
import type { SagaSummary } from "#contracts/api/saga.ts";
import { businessLabels } from "#sagas/business-labels.ts";
import { labelText } from "./label-text.ts";
import styles from "./saga-table.module.css";

/** One saga of the list: the row is its link, the id copies itself, a label narrows the list to itself. */
export function SagaRow({
  saga,
  href,
  onLabel,
}: {
  saga: SagaSummary;
  href: string;
  onLabel: (label: string) => void;
}) {
  const version = versionOf(saga.version);
  const open = saga.state === "running" || saga.state === "compensating";
  return (
    <>
      <td className={styles.state}>
        <Link href={href} className={styles.link} prefetch={false}>
          <StateMark state={saga.state} />
        </Link>
      </td>
      <td className={styles.verdict}>
        {saga.verdicts.map((verdict) => (
          <VerdictMark key={verdict} verdict={verdict} word={false} rules={saga.rules} />
        ))}
      </td>
      <td className={styles.id}>
        <Id id={saga.id} />
      </td>
      <td className={styles.labels}>
        {businessLabels(saga).map(([key, value]) => (
          <button
            key={key}
            type="button"
            title={`${key}=${value}: show only these`}
            onClick={() => onLabel(`${key}=${value}`)}
          >
            {labelText(key, value)}
          </button>
        ))}
      </td>
      <td className={styles.type} title={`${saga.type} ${version}`}>
        <span>{saga.type}</span>
        <span className="faint">{version}</span>
      </td>
      <td className={styles.started}>
        <Time at={saga.startedAt} age={false} precise={false} />
      </td>
      <td className={styles.duration}>{formatDuration(saga.durationMs)}</td>
      <td className={styles.last}>
        <Age at={saga.lastEventAt} />
      </td>
      <td className={styles.step} title={open ? "where it is now" : "where it ended"}>
        {saga.step !== null && <span className={open ? "" : "faint"}>{saga.step}</span>}
      </td>
      <td className={styles.attempts}>
        {saga.maxAttempt > 1 ? saga.maxAttempt : <span className="faint">{saga.maxAttempt}</span>}
      </td>
      <td className={styles.undone}>
        {saga.compensations > 0 ? saga.compensations : <span className="faint">0</span>}
      </td>
      <td
        className={styles.error}
        title={
          saga.error
            ? `${saga.error.code}${saga.error.step && ` in ${saga.error.step}`}: ${saga.error.message}`
            : undefined
        }
      >
        {saga.error && (
          <>
            {saga.error.code} <span className="faint">{saga.error.step}</span>
          </>
        )}
      </td>
    </>
  );
}
