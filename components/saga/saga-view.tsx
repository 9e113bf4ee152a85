"use client";

import dynamic from "next/dynamic";
import { ProblemNote } from "#components/problem-note.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { SagaDetail, SagaLogs, SagaTraces } from "#contracts/api/saga.ts";
import { SagaFacts, SagaTitle } from "./head.tsx";
import { OutlookLine } from "./outlook-line.tsx";
import styles from "./saga-view.module.css";
import { Sentence } from "./sentence.tsx";
import { readTab, Tabs } from "./tabs.tsx";
import { Timeline } from "./timeline.tsx";

// Each comes with its tab.
const Waterfall = dynamic(async () => (await import("./waterfall.tsx")).Waterfall);
const Logs = dynamic(async () => (await import("./logs.tsx")).Logs);
const Events = dynamic(async () => (await import("./events.tsx")).Events);

/** Something that is asked for beside the saga: there, on its way, or refused with a reason. */
export interface Asked<T> {
  readonly data: T | undefined;
  readonly problem: string | undefined;
}

/** The page of one saga. */
export function SagaView({
  saga,
  problem,
  traces,
  logs,
}: {
  saga: SagaDetail;
  /** Why the saga could not be read again; what is shown is then the last that was. */
  problem: string | undefined;
  traces: Asked<SagaTraces>;
  logs: Asked<SagaLogs>;
}) {
  const tab = readTab(useUrl().params);
  const counts = {
    events: countOf(saga.events.length, saga.eventsCut),
    ...(logs.data ? { logs: countOf(logs.data.logs.length, logs.data.cut) } : {}),
    ...(traces.data ? { trace: countOf(traces.data.spans.length, traces.data.cut) } : {}),
  };
  return (
    <article className={styles.page} aria-label={`Saga ${saga.id}`}>
      {problem !== undefined && <ProblemNote problem={problem} />}
      <header className={styles.head}>
        <SagaTitle saga={saga} />
        <SagaFacts saga={saga} />
        <div className={styles.sentence}>
          <Sentence saga={saga} />
          <OutlookLine saga={saga} />
        </div>
      </header>
      <Tabs counts={counts}>
        {tab === "timeline" && <Timeline saga={saga} />}
        {tab === "trace" &&
          (traces.data ? (
            <Waterfall {...traces.data} traceIds={saga.traceIds} />
          ) : (
            <Awaited what="spans" problem={traces.problem} />
          ))}
        {tab === "logs" &&
          (logs.data ? (
            <Logs logs={logs.data.logs} cut={logs.data.cut} />
          ) : (
            <Awaited what="log lines" problem={logs.problem} />
          ))}
        {tab === "events" && <Events saga={saga} />}
      </Tabs>
    </article>
  );
}

const countOf = (count: number, cut: boolean) => (cut ? `≥ ${count.toLocaleString("en-US")}` : count);

/** Holds the place of rows that are on their way, or says why they are not. */
export function Awaited({ what, problem }: { what: string; problem: string | undefined }) {
  if (problem !== undefined) return <ProblemNote problem={`The ${what} could not be read: ${problem}`} />;
  return (
    <div className={styles.skeleton} role="status" aria-label={`Reading the ${what}`}>
      {[72, 54, 63, 40, 58, 47].map((width) => (
        <span key={width} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
