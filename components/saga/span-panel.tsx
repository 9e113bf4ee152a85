"use client";

import { useClock } from "#components/clock.tsx";
import { cutId, formatDuration, formatTime } from "#components/format.ts";
import { Id } from "#components/mark/id.tsx";
import type { Span } from "#contracts/api/saga.ts";
import { Attributes } from "./attributes.tsx";
import styles from "./span-panel.module.css";
import { ViewLink } from "./view-link.tsx";

/** All that one span carries. `fromMs` is where the axis begins. */
export function SpanPanel({ span, fromMs }: { span: Span; fromMs: number }) {
  const { nowMs, zone } = useClock();
  return (
    <section className={styles.panel} aria-label={`Span ${span.name}`}>
      <p className={styles.line}>
        <span>
          <b>{span.service}</b> {span.name}
        </span>
        <span className="quiet">{span.kind.toLowerCase()}</span>
        <span className="quiet">
          {formatTime(span.startMs, zone, { nowMs })} · at {formatDuration(span.startMs - fromMs)} · took{" "}
          {formatDuration(span.durationMs)}
        </span>
        <span className="quiet">
          span <Id id={span.spanId} whole />
        </span>
        {span.links.map((link) => (
          <ViewLink
            key={`${link.traceId}/${link.spanId}`}
            patch={{ trace: link.traceId, span: link.spanId }}
            className={styles.link}
            title={`trace ${link.traceId}, span ${link.spanId}`}
          >
            linked span {cutId(link.spanId, { head: 6, tail: 4 })}
          </ViewLink>
        ))}
      </p>
      {span.status === "Error" && (
        <p className={styles.error}>✕ {span.statusMessage || "ended in error, without a message"}</p>
      )}
      {Object.keys(span.attributes).length > 0 ? (
        <Attributes attributes={span.attributes} />
      ) : (
        <p className="faint">no attributes</p>
      )}
    </section>
  );
}
