import { z } from "zod";
import type { SagaList, SagaState } from "#contracts/api/saga.ts";
import { sql } from "#lib/sql.ts";
import type { Asker } from "#store/clickhouse/ask.ts";
import { Count } from "./column-shapes.ts";
import { inconsistent, type Lateness, overdue, state } from "./saga-expressions.ts";
import { otherClauses, type SagaFilter } from "./saga-filter.ts";

const Group = z.object({
  state: z.string(),
  type: z.string(),
  error: z.string(),
  overdue: z.number(),
  inconsistent: z.number(),
  sagas: Count,
});
type Group = z.infer<typeof Group>;

export type SagaCounts = Pick<SagaList, "total" | "facets">;

/** How many sagas match, and the counts beside each choice. One pass over the rows groups them by all facets at once. */
export async function countSagas(asker: Asker, filter: SagaFilter, late: Lateness): Promise<SagaCounts> {
  const query = sql`SELECT ${state} AS state, saga_type AS type, tupleElement(last_error, 'code') AS error,
      ${overdue(late)} AS overdue, ${inconsistent} AS inconsistent, count() AS sagas
    FROM sagas FINAL WHERE ${otherClauses(filter)}
    GROUP BY state, type, error, overdue, inconsistent LIMIT 100000`;
  return countGroups(await asker.ask(query, Group), filter);
}

type Facet = keyof SagaList["facets"];

/** Total and facets from the groups; a facet's own filter does not narrow it. */
export function countGroups(groups: readonly Group[], filter: SagaFilter): SagaCounts {
  const any = (chosen: readonly string[], value: string) => chosen.length === 0 || chosen.includes(value);
  const verdictsOf = (group: Group) => [
    ...(group.overdue === 1 ? ["overdue"] : []),
    ...(group.inconsistent === 1 ? ["inconsistent"] : []),
  ];
  const passes: Record<Facet, (group: Group) => boolean> = {
    state: (group) => any(filter.states, group.state as SagaState),
    type: (group) => any(filter.types, group.type),
    error: (group) => any(filter.errors, group.error),
    verdict: (group) =>
      filter.verdicts.length === 0 || verdictsOf(group).some((verdict) => any(filter.verdicts, verdict)),
  };
  const names = Object.keys(passes) as Facet[];
  const valuesOf: Record<Facet, (group: Group) => string[]> = {
    state: (group) => [group.state],
    type: (group) => [group.type],
    error: (group) => (group.error === "" ? [] : [group.error]),
    verdict: verdictsOf,
  };
  const facet = (name: Facet) => {
    const counts: Record<string, number> = {};
    for (const group of groups) {
      if (!names.every((other) => other === name || passes[other](group))) continue;
      for (const value of valuesOf[name](group)) counts[value] = (counts[value] ?? 0) + group.sagas;
    }
    return counts;
  };
  const total = groups
    .filter((group) => names.every((name) => passes[name](group)))
    .reduce((sum, group) => sum + group.sagas, 0);
  return {
    total,
    facets: { state: facet("state"), verdict: facet("verdict"), type: facet("type"), error: facet("error") },
  };
}
