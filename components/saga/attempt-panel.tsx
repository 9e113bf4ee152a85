"use client";

import type { ReactNode } from "react";
import { useClock } from "#components/clock.tsx";
import { cutId, formatDuration, formatTime } from "#components/format.ts";
import { StateGlyph } from "#components/mark/state-glyph.tsx";
import { versionOf } from "#components/mark/version.ts";
import type { SagaDetail } from "#contracts/api/saga.ts";
import { keyOfEvent } from "./attempt-key.ts";
import styles from "./attempt-panel.module.css";
import type { Bar } from "./timeline-layout.ts";
import { ViewLink } from "./view-link.tsx";

const undoing = { running: "compensating", completed: "compensated", failed: "failed" } as const;

/** All that is known of one attempt, with the ways to its trace and its events. */
export function AttemptPanel({ bar, saga }: { bar: Bar; saga: SagaDetail }) {
  const { nowMs, zone } = useClock();
  const { attempt } = bar;
  const state = bar.compensates ? undoing[attempt.outcome] : attempt.outcome;
  const events = saga.events.filter((event) => keyOfEvent(event) === bar.key);
  return (
    <section className={styles.panel} aria-label="Selected attempt">
      <h2 className={styles.title}>
        <span style={{ color: `var(--${state})` }}>
          <StateGlyph state={state} />
        </span>{" "}
        {bar.name}
        <span className={styles.rest}>
          , attempt {attempt.attempt} {attempt.outcome}
          {bar.compensates && <> · undoes {bar.compensates}</>}
        </span>
      </h2>
      {attempt.error && (
        <p className={styles.error}>
          <b>{attempt.error.code}</b>
          {attempt.error.message && <> {attempt.error.message}</>}
          <span className="quiet"> · {attempt.error.retryable ? "may be retried" : "not to be retried"}</span>
        </p>
      )}
      <dl className={styles.facts}>
        <Fact name="Service">
          {attempt.service || "unknown"}
          {attempt.serviceVersion && <span className="quiet"> {versionOf(attempt.serviceVersion)}</span>}
        </Fact>
        <Fact name="Began">
          {attempt.startedAtMs === null ? "not reported" : formatTime(attempt.startedAtMs, zone, { nowMs })}
        </Fact>
        {bar.queueMs !== null && <Fact name="Queue">{formatDuration(bar.queueMs)}</Fact>}
        {bar.backOffMs !== null && <Fact name="Back-off">{formatDuration(bar.backOffMs)}</Fact>}
        <Fact name="Work">{bar.workMs === null ? "unknown" : formatDuration(bar.workMs)}</Fact>
        {attempt.traceId && (
          <Fact name="Trace">
            <ViewLink
              patch={{ tab: "trace", trace: attempt.traceId, span: null }}
              className={styles.link}
              title={attempt.traceId}
            >
              {cutId(attempt.traceId, { head: 8, tail: 4 })}
            </ViewLink>
          </Fact>
        )}
        {events.length > 0 && (
          <Fact name="Offsets">
            {events.map((event, index) => (
              <span key={event.id}>
                {index > 0 && ", "}
                <ViewLink
                  patch={{ tab: "events", event: event.id }}
                  className={styles.link}
                  title={`${event.type} in ${event.topic}`}
                >
                  {event.partition}:{event.offset}
                </ViewLink>
              </span>
            ))}
          </Fact>
        )}
      </dl>
    </section>
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
