"use client";

import { useCallback } from "react";
import { tell } from "#app/client/ask.ts";
import { useLive } from "#app/client/use-live.ts";
import { Letter } from "#components/pipeline/letter.tsx";
import { ProblemNote } from "#components/problem-note.tsx";
import { Skeleton } from "#components/skeleton.tsx";
import type { DeadLetterDetail, ReplayRequest } from "#contracts/api/dead-letters.ts";

/** The opened dead letter, live: what becomes of a replay is seen as it happens. */
export function LetterLive({ id }: { id: string }) {
  const path = `/api/v1/dead-letters/${encodeURIComponent(id)}`;
  const { data, isOld, problem } = useLive<DeadLetterDetail>(path);
  const replay = useCallback((request: ReplayRequest) => tell("POST", `${path}/replay`, request), [path]);
  if (data && !isOld) return <Letter detail={data} problem={problem} replay={replay} />;
  return problem === undefined ? <Skeleton height="280px" /> : <ProblemNote problem={problem} />;
}
