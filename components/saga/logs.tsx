"use client";

import { useMemo, useState } from "react";
import { useClock } from "#components/clock.tsx";
import { formatCount, formatTime } from "#components/format.ts";
import { Empty } from "#components/panel.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { LogRow, SagaLogs } from "#contracts/api/saga.ts";
import { timeToMs } from "#sagas/distinct-events.ts";
import { Attributes } from "./attributes.tsx";
import { filterLogs, severities, severityOf } from "./log-filter.ts";
import styles from "./logs.module.css";
import { ViewLink } from "./view-link.tsx";
import { VirtualRows } from "./virtual-rows.tsx";

/** What all services said while they ran this saga, merged by time. */
export function Logs({ logs, cut }: Pick<SagaLogs, "logs" | "cut">) {
  const url = useUrl();
  const text = url.params.get("text") ?? "";
  const least = severities.find((severity) => severity === url.params.get("severity")) ?? "trace";
  const shown = useMemo(() => filterLogs(logs, { text, least }), [logs, text, least]);
  if (logs.length === 0) {
    return (
      <Empty>
        No log line carries this saga's id or one of its trace ids. Services send logs by OTLP to the collector; put the
        attribute saga.id on them, or log inside a span.
      </Empty>
    );
  }
  return (
    <div className={styles.logs}>
      <search className={styles.filters}>
        <input
          type="search"
          className={`field ${styles.text}`}
          placeholder="Filter by text or attribute"
          aria-label="Filter by text or attribute"
          value={text}
          onChange={(event) => url.set({ text: event.target.value || null }, "replace")}
        />
        <select
          className="field"
          aria-label="Least severity"
          value={least}
          onChange={(event) =>
            url.set({ severity: event.target.value === "trace" ? null : event.target.value }, "replace")
          }
        >
          {severities.map((severity) => (
            <option key={severity} value={severity}>
              {severity === "trace" ? "all severities" : severity === "fatal" ? "fatal only" : `${severity} and worse`}
            </option>
          ))}
        </select>
        <span className="faint" role="status">
          {shown.length === logs.length ? "" : `${formatCount(shown.length)} of ${formatCount(logs.length)} lines`}
        </span>
      </search>
      {shown.length === 0 && <Empty>No line matches. Shorten the text or choose all severities.</Empty>}
      <VirtualRows
        count={shown.length}
        rowPx={27}
        keyOf={(index) => String(index)}
        render={(index) => {
          const log = shown[index];
          return log ? <Line log={log} /> : null;
        }}
      />
      {cut && <p className={styles.cut}>The first {logs.length.toLocaleString("en-US")} lines; there are more.</p>}
    </div>
  );
}

function Line({ log }: { log: LogRow }) {
  const { nowMs, zone } = useClock();
  const [open, setOpen] = useState(false);
  const severity = severityOf(log.severity);
  return (
    <div className={styles.line} data-severity={severity} data-open={open}>
      <div className={styles.cells}>
        <time dateTime={log.time} title={log.time} className="mono">
          {formatTime(timeToMs(log.time), zone, { nowMs })}
        </time>
        <span className={styles.severity}>{severity}</span>
        <span className={styles.service}>{log.service}</span>
        <button type="button" className={styles.body} aria-expanded={open} onClick={() => setOpen(!open)}>
          {log.body}
        </button>
        {log.spanId && (
          <ViewLink
            patch={{ tab: "trace", span: log.spanId, trace: log.traceId }}
            className={styles.span}
            title={`span ${log.spanId}`}
          >
            span
          </ViewLink>
        )}
      </div>
      {open && (
        <div className={styles.more}>
          <Attributes
            attributes={{
              ...log.attributes,
              ...(log.traceId ? { trace_id: log.traceId } : {}),
              ...(log.spanId ? { span_id: log.spanId } : {}),
              time: log.time,
            }}
          />
        </div>
      )}
    </div>
  );
}
