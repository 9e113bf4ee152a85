"use client";

import { tell } from "#app/client/ask.ts";
import type { FirstAnswer } from "#app/first-answer.ts";
import { useAnswer } from "#app/use-answer.ts";
import { PipelineView } from "#components/pipeline/pipeline-view.tsx";
import type { DeadLetterList } from "#contracts/api/dead-letters.ts";
import type { Pipeline } from "#contracts/api/pipeline.ts";
import { LetterLive } from "./letter-live.tsx";

/** The page, live from the first paint on. */
export function PipelineLive({
  pipeline,
  letters,
}: {
  pipeline: FirstAnswer<Pipeline>;
  letters: FirstAnswer<DeadLetterList>;
}) {
  const { data, state } = useAnswer("pipeline", pipeline);
  const { data: list, state: listed } = useAnswer("dead-letters", letters);
  return (
    <PipelineView
      pipeline={data}
      answer={state}
      letters={{ list, problem: listed.problem, isOld: listed.waiting }}
      renderLetter={(id) => <LetterLive key={id} id={id} />}
      replay={(body) => tell("POST", "/dead-letters/replay", { body })}
    />
  );
}
