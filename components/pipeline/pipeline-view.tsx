"use client";

import type { ReactNode } from "react";
import { CostNote } from "#components/cost-note.tsx";
import { type AnswerState, Page } from "#components/page.tsx";
import { Panel } from "#components/panel.tsx";
import { ProblemNote } from "#components/problem-note.tsx";
import { Skeleton } from "#components/skeleton.tsx";
import type { DeadLetterList } from "#contracts/api/dead-letters.ts";
import type { Pipeline } from "#contracts/api/pipeline.ts";
import { DeadLetters } from "./dead-letters.tsx";
import { Gaps } from "./gaps.tsx";
import { Partitions } from "./partitions.tsx";
import type { ReplaySome } from "./replay-every.ts";
import { Sizes } from "./sizes.tsx";
import { Summary } from "./summary.tsx";

/** Whether all that came in is stored, how far behind that is, and what could not be. */
export function PipelineView({
  pipeline,
  answer,
  letters,
  renderLetter,
  replay,
}: {
  pipeline: Pipeline | undefined;
  answer: AnswerState;
  letters: { list: DeadLetterList | undefined; problem: string | undefined; isOld: boolean };
  /** The opened letter, which is asked for by itself. */
  renderLetter: (id: string) => ReactNode;
  replay: ReplaySome;
}) {
  return (
    <Page title="Pipeline" answer={answer} hideTitle>
      {pipeline ? <Summary pipeline={pipeline} letters={letters.list} /> : <Skeleton height="84px" />}
      <Panel title="Partitions" aside={<CostNote cost={pipeline} />} height="240px">
        {pipeline && <Partitions pipeline={pipeline} />}
      </Panel>
      {pipeline && pipeline.gaps.length > 0 && (
        <Panel title="Gaps">
          <Gaps gaps={pipeline.gaps} />
        </Panel>
      )}
      <Panel title="Dead letters" height="320px">
        {letters.problem !== undefined && <ProblemNote problem={letters.problem} />}
        {letters.list && (
          <DeadLetters list={letters.list} renderLetter={renderLetter} replay={letters.isOld ? undefined : replay} />
        )}
      </Panel>
      <Panel title="Tables" height="320px">
        {pipeline && <Sizes tables={pipeline.tables} />}
      </Panel>
    </Page>
  );
}
