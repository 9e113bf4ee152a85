"use client";

import Link from "next/link";
import { useClock } from "#components/clock.tsx";
import { formatAge, formatDuration, formatTime } from "#components/format.ts";
import { Id } from "#components/mark/id.tsx";
import { ProblemNote } from "#components/problem-note.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { Trace } from "#contracts/api/trace.ts";
import head from "./head.module.css";
import styles from "./saga-view.module.css";
import { Waterfall } from "./waterfall.tsx";

/** The page of one trace: what it is, which sagas it belongs to, and its spans. */
export function TraceView({ trace, problem }: { trace: Trace; problem: string | undefined }) {
  const { nowMs, zone } = useClock();
  const url = useUrl();
  const root = trace.spans.find((span) => span.parentSpanId === "") ?? trace.spans[0];
  const startMs = Math.min(...trace.spans.map((span) => span.startMs));
  const endMs = Math.max(...trace.spans.map((span) => span.startMs + span.durationMs));
  const errors = trace.spans.filter((span) => span.status === "Error").length;
  return (
    <article className={styles.page} aria-label={`Trace ${trace.id}`}>
      {problem !== undefined && <ProblemNote problem={problem} />}
      <div className={head.line}>
        <span className={head.state}>Trace</span>
        <h1 className={head.id}>
          <Id id={trace.id} whole />
        </h1>
      </div>
      <dl className={head.facts}>
        {root && (
          <div>
            <dt>Root</dt>
            <dd>
              {root.service} <span className="quiet">{root.name}</span>
            </dd>
          </div>
        )}
        <div>
          <dt>Started ({zone === "utc" ? "UTC" : "local"})</dt>
          <dd>
            {formatTime(startMs, zone, { nowMs })} <span className="quiet">· {formatAge(startMs, nowMs)}</span>
          </dd>
        </div>
        <div>
          <dt>Took</dt>
          <dd>{formatDuration(endMs - startMs)}</dd>
        </div>
        {errors > 0 && (
          <div>
            <dt>Errors</dt>
            <dd style={{ color: "var(--failed)" }}>✕ {errors}</dd>
          </div>
        )}
        {trace.sagaIds.length > 0 && (
          <div>
            <dt>{trace.sagaIds.length === 1 ? "Saga" : "Sagas"}</dt>
            {trace.sagaIds.slice(0, 5).map((id) => (
              <dd key={id}>
                <Link className={head.link} href={url.to(`/sagas/${encodeURIComponent(id)}`)}>
                  {id}
                </Link>
              </dd>
            ))}
            {trace.sagaIds.length > 5 && <dd className="quiet">and {trace.sagaIds.length - 5} more</dd>}
          </div>
        )}
      </dl>
      <div className={styles.trace}>
        <Waterfall spans={trace.spans} cut={trace.cut} traceIds={[trace.id]} />
      </div>
    </article>
  );
}
