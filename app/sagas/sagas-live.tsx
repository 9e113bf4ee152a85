"use client";

import { useCallback } from "react";
import { ask } from "#app/client/ask.ts";
import type { FirstAnswer } from "#app/first-answer.ts";
import { useAnswer } from "#app/use-answer.ts";
import type { ValuesOf } from "#components/sagas/facets.tsx";
import { SagasView } from "#components/sagas/sagas-view.tsx";
import type { SagaList, SagaValues } from "#contracts/api/saga.ts";

/** The list: its head is live, its further pages and the values of its menus are asked for one by one. */
export function SagasLive({ first }: { first: FirstAnswer<SagaList> }) {
  const { path, data, state } = useAnswer("sagas", first);
  const more = useCallback(
    (cursor: string) => ask<SagaList>(`${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`),
    [path],
  );
  const valuesOf = useCallback<ValuesOf>(
    (facet, signal) => {
      const [root = "", query] = path.split("?");
      const params = new URLSearchParams(query);
      params.delete("sort");
      params.set("facet", facet);
      return ask<SagaValues>(`${root}/facets?${params}`, { signal });
    },
    [path],
  );
  return <SagasView question={path} list={data} more={more} valuesOf={valuesOf} answer={state} />;
}
