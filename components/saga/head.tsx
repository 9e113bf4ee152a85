"use client";

import type { ReactNode } from "react";
import { useClock } from "#components/clock.tsx";
import { formatAge, formatDuration, formatTime } from "#components/format.ts";
import { Id } from "#components/mark/id.tsx";
import { StateMark } from "#components/mark/state-mark.tsx";
import { VerdictMark } from "#components/mark/verdict-mark.tsx";
import { versionOf } from "#components/mark/version.ts";
import type { SagaDetail } from "#contracts/api/saga.ts";
import { isOpen } from "#sagas/state.ts";
import styles from "./head.module.css";

/** How this saga stands, and which it is. */
export function SagaTitle({ saga }: { saga: SagaDetail }) {
  return (
    <div className={styles.line}>
      <span className={styles.state}>
        <StateMark state={saga.state} />
      </span>
      <h1 className={styles.id}>
        <Id id={saga.id} whole />
      </h1>
      {saga.verdicts.map((verdict) => (
        <VerdictMark key={verdict} verdict={verdict} />
      ))}
    </div>
  );
}

/** Of what type it is, whose, and when it ran. */
export function SagaFacts({ saga }: { saga: SagaDetail }) {
  const { nowMs, zone } = useClock();
  const open = isOpen(saga.state);
  const startMs = Date.parse(saga.startedAt);
  return (
    <dl className={styles.facts}>
      <Fact name="Type">
        {saga.type} <span className="quiet">{versionOf(saga.version)}</span>
      </Fact>
      <Fact name={`Started (${zone === "utc" ? "UTC" : "local"})`}>
        <time dateTime={saga.startedAt} title={saga.startedAt}>
          {formatTime(startMs, zone, { nowMs })}{" "}
          <span className={`quiet ${styles.ticking}`}>· {formatAge(startMs, nowMs)}</span>
        </time>
      </Fact>
      <Fact name={open ? "Open for" : "Took"}>
        {open ? (
          <span className={styles.ticking}>
            {formatDuration(Math.max(0, Math.round((nowMs - startMs) / 1000) * 1000))}
          </span>
        ) : (
          formatDuration(saga.durationMs)
        )}
      </Fact>
      {saga.deadline && <Deadline saga={saga} />}
      {saga.subject && !saidByLabel(saga) && <Fact name="Subject">{saga.subject}</Fact>}
      {Object.entries(saga.labels).map(([name, value]) => (
        <Fact key={name} name={name}>
          <span className={styles.value}>{value}</span>
        </Fact>
      ))}
    </dl>
  );
}

/** Whether the business object, `order/123`, is only what a label says too. */
function saidByLabel({ subject, labels }: SagaDetail): boolean {
  return Object.values(labels).some((value) => value !== "" && (subject === value || subject.endsWith(`/${value}`)));
}

function Deadline({ saga }: { saga: SagaDetail }) {
  const { nowMs, zone } = useClock();
  const ms = Date.parse(saga.deadline ?? "");
  const endMs = saga.endedAt ? Date.parse(saga.endedAt) : null;
  const verdict =
    endMs === null
      ? formatAge(ms, nowMs)
      : endMs > ms
        ? `missed by ${formatDuration(endMs - ms)}`
        : `met, ${formatDuration(ms - endMs)} to spare`;
  return (
    <Fact name="Deadline">
      <time dateTime={saga.deadline ?? ""} title={saga.deadline ?? ""}>
        {formatTime(ms, zone, { nowMs, precise: false })}{" "}
        <span className={endMs === null ? `quiet ${styles.ticking}` : endMs > ms ? styles.missed : "quiet"}>
          · {verdict}
        </span>
      </time>
    </Fact>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
