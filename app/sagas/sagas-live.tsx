"use client";

import { useCallback } from "react";
import { ask } from "#app/client/ask.ts";
import type { FirstAnswer } from "#app/first-answer.ts";
import { useAnswer } from "#app/use-answer.ts";
import type { ValuesOf } from "#components/sagas/facets.tsx";
import { SagasView } from "#components/sagas/sagas-view.tsx";
import { type Address, further } from "#contracts/api/address.ts";
import type { SagaList } from "#contracts/api/saga.ts";

/** The list: its head is live, its further pages and the values of its menus are asked for one by one. */
export function SagasLive({ first }: { first: FirstAnswer<SagaList> }) {
  const { path, data, state } = useAnswer("sagas", first);
  const more = useCallback((cursor: string) => ask(further(path, { cursor })), [path]);
  const valuesOf = useCallback<ValuesOf>(
    (facet, signal) => ask(further(facetsOf(path), { facet }), { signal }),
    [path],
  );
  return <SagasView question={path} list={data} more={more} valuesOf={valuesOf} answer={state} />;
}

/** The same sagas, asked for the values of a filter. */
function facetsOf(list: Address<"/sagas">): Address<"/sagas/facets"> {
  const [root, query] = list.split("?");
  const params = new URLSearchParams(query);
  params.delete("sort");
  return `${root}/facets?${params}` as Address<"/sagas/facets">;
}
