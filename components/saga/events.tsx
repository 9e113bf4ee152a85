"use client";

import { useMemo } from "react";
import { useClock } from "#components/clock.tsx";
import { cutId, formatDuration, formatTime } from "#components/format.ts";
import { versionOf } from "#components/mark/version.ts";
import { useUrl } from "#components/url/use-url.ts";
import type { SagaDetail, SagaEventRow } from "#contracts/api/saga.ts";
import { parseToRewrite } from "#lib/exact-json.ts";
import { timeToMs } from "#sagas/distinct-events.ts";
import { attemptKey } from "./attempt-key.ts";
import { type EventMarks, eventMarks } from "./event-marks.ts";
import styles from "./events.module.css";
import { Json } from "./json.tsx";
import { ViewLink } from "./view-link.tsx";
import { VirtualRows } from "./virtual-rows.tsx";

/** Every stored event of a saga as it came: where it stands in Kafka, when it happened, when it was stored. */
export function Events({ saga }: { saga: Pick<SagaDetail, "events" | "eventsCut"> }) {
  const { events } = saga;
  const url = useUrl();
  const opened = url.params.get("event") ?? "";
  const marks = useMemo(() => eventMarks(events), [events]);
  const openedIndex = opened ? events.findIndex((event) => event.id === opened) : -1;
  return (
    <div className={styles.events}>
      <div className={`${styles.cells} ${styles.header}`} aria-hidden>
        <span>Happened</span>
        <span>Event</span>
        <span>Step</span>
        <span>Source</span>
        <span>Caused by</span>
        <span>Topic:partition:offset</span>
        <span className={styles.right}>Stored after</span>
      </div>
      <VirtualRows
        count={events.length}
        rowPx={32}
        keyOf={(index) => placeOf(events[index])}
        shown={openedIndex < 0 ? undefined : openedIndex}
        render={(index) => {
          const event = events[index];
          const mark = marks[index];
          return event && mark ? <EventRow event={event} mark={mark} open={event.id === opened} /> : null;
        }}
      />
      {saga.eventsCut && (
        <p className={styles.cut}>The first {events.length.toLocaleString("en-US")} events; the saga has more.</p>
      )}
    </div>
  );
}

function EventRow({ event, mark, open }: { event: SagaEventRow; mark: EventMarks; open: boolean }) {
  const { nowMs, zone } = useClock();
  const url = useUrl();
  const ms = timeToMs(event.time);
  return (
    <div className={styles.row} data-open={open}>
      <div className={styles.cells}>
        <time dateTime={event.time} title={event.time} className="mono">
          {formatTime(ms, zone, { nowMs })}
        </time>
        <button
          type="button"
          className={styles.type}
          aria-expanded={open}
          onClick={() => url.set({ event: open ? null : event.id }, "replace")}
        >
          <span className="faint">saga.</span>
          <span data-bad={event.type.endsWith("failed")}>{event.type.replace(/^saga\./, "")}</span>
          <Marks mark={mark} />
        </button>
        <span className={styles.step}>{event.step && <StepLink event={event} />}</span>
        <span className={styles.source}>
          {event.source.replace(/^\/services\//, "")}
          {event.serviceVersion && <span className="faint"> {versionOf(event.serviceVersion)}</span>}
        </span>
        <span className={`${styles.cause} mono`}>
          {event.causationId && <Cause event={event} missing={mark.causeMissing} />}
        </span>
        <span className={`${styles.place} mono`} title={placeOf(event)}>
          <span className={styles.topic}>{event.topic}:</span>
          {event.partition}:{event.offset}
        </span>
        <span className={styles.right} title={`stored ${event.ingestedAt}`}>
          <span className={styles.small}>stored after </span>
          {formatDuration(Math.max(0, Date.parse(event.ingestedAt) - Math.floor(ms)))}
        </span>
      </div>
      {open && (
        <div className={styles.json}>
          <Json value={jsonOf(event)} />
        </div>
      )}
    </div>
  );
}

function StepLink({ event }: { event: SagaEventRow }) {
  return (
    <ViewLink patch={{ tab: null, attempt: attemptKey(event), event: null }} className={styles.link}>
      {event.step}
      <span className="faint"> {event.attempt > 1 ? `attempt ${event.attempt}` : ""}</span>
    </ViewLink>
  );
}

function Cause({ event, missing }: { event: SagaEventRow; missing: boolean }) {
  const short = cutId(event.causationId, { head: 8, tail: 4 });
  if (missing) return <span title={`${event.causationId} is not among this saga's events`}>{short}</span>;
  return (
    <ViewLink patch={{ event: event.causationId }} className={styles.link} title={event.causationId}>
      {short}
    </ViewLink>
  );
}

function Marks({ mark }: { mark: EventMarks }) {
  return (
    <>
      {mark.duplicate && (
        <span className={styles.mark} title="The same id was stored more than once; it counts once">
          duplicate
        </span>
      )}
      {mark.late && (
        <span className={styles.mark} title="Stands behind a later event of its partition">
          out of order
        </span>
      )}
      {mark.skew && (
        <span className={styles.mark} title={mark.skew.long}>
          {mark.skew.short}
        </span>
      )}
    </>
  );
}

const placeOf = (event: SagaEventRow | undefined) => (event ? `${event.topic}:${event.partition}:${event.offset}` : "");

/** The event with its payload as a value; a payload that is no JSON stays text. */
function jsonOf({ payload, ...event }: SagaEventRow): unknown {
  if (payload === "") return event;
  try {
    return { ...event, payload: parseToRewrite(payload) };
  } catch {
    return { ...event, payload };
  }
}
