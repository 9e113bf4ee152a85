"use client";

import { CursorProvider } from "#components/chart/cursor.tsx";
import { CostNote } from "#components/cost-note.tsx";
import { type AnswerState, Page } from "#components/page.tsx";
import { Panel } from "#components/panel.tsx";
import { Skeleton } from "#components/skeleton.tsx";
import type { Overview } from "#contracts/api/overview.ts";
import { Numbers } from "./numbers.tsx";
import { Outcomes, perBucket } from "./outcomes.tsx";
import styles from "./overview.module.css";
import { SlowSteps } from "./slow-steps.tsx";
import { WrongNow } from "./wrong-now.tsx";

/** How all sagas do: the numbers, how they ended over time, what is wrong now, and what is slow. */
export function OverviewView({ overview, answer }: { overview: Overview | undefined; answer: AnswerState }) {
  return (
    <Page title="Overview" hideTitle answer={answer}>
      {overview ? <Numbers counts={overview.counts} lastWeek={overview.lastWeek} /> : <Skeleton height="84px" />}
      <CursorProvider>
        <Panel
          title={overview ? `Outcomes ${perBucket(overview.bucketSeconds)}` : "Outcomes"}
          aside={<CostNote cost={overview} />}
          height="232px"
        >
          {overview && <Outcomes overview={overview} />}
        </Panel>
      </CursorProvider>
      <div className={styles.columns}>
        <Panel title="What is wrong now" height="288px">
          {overview && <WrongNow overview={overview} />}
        </Panel>
        <Panel title="Slowest steps" height="288px">
          {overview && <SlowSteps steps={overview.slowestSteps} />}
        </Panel>
      </div>
    </Page>
  );
}
