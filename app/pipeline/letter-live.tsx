"use client";

import { useCallback } from "react";
import { tell } from "#app/client/ask.ts";
import { useLive } from "#app/client/use-live.ts";
import { Letter } from "#components/pipeline/letter.tsx";
import { ProblemNote } from "#components/problem-note.tsx";
import { Skeleton } from "#components/skeleton.tsx";
import { addressOf } from "#contracts/api/address.ts";
import type { ReplayRequest } from "#contracts/api/dead-letters.ts";

/** The opened dead letter, live: what becomes of a replay is seen as it happens. */
export function LetterLive({ id }: { id: string }) {
  const { data, isOld, problem } = useLive(addressOf("/dead-letters/{id}", { id }));
  const replay = useCallback(
    async (body: ReplayRequest) => void (await tell("POST", "/dead-letters/{id}/replay", { id, body })),
    [id],
  );
  if (data && !isOld) return <Letter detail={data} problem={problem} replay={replay} />;
  return problem === undefined ? <Skeleton height="280px" /> : <ProblemNote problem={problem} />;
}
