"use client";

import { useCallback } from "react";
import { ask } from "#app/client/ask.ts";
import type { FirstAnswer } from "#app/first-answer.ts";
import { useAnswer } from "#app/use-answer.ts";
import { SagasView } from "#components/sagas/sagas-view.tsx";
import { further } from "#contracts/api/address.ts";
import type { SagaList } from "#contracts/api/saga.ts";

/** The list: its head is live, its further pages are asked for one by one. */
export function SagasLive({ first }: { first: FirstAnswer<SagaList> }) {
  const { path, data, state } = useAnswer("sagas", first);
  const more = useCallback((cursor: string) => ask(further(path, { cursor })), [path]);
  return <SagasView question={path} list={data} more={more} answer={state} />;
}
